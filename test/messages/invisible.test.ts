/** What cannot be seen in a name or a provider's text is seen in every form of a message. */
import fc from 'fast-check';
import { expect, test } from 'vitest';
import type { Message, Notice } from '../../functions/alerts/notice.ts';
import { publishInput } from '../../functions/messages/publish.ts';
import { slackMessage } from '../../functions/messages/slack/slack.ts';
import { healthNotice, messageOf, overBudget } from './examples.ts';

type Forms = Readonly<Record<'email' | 'sms' | 'https' | 'lambda' | 'sqs', string>>;

/** Line breaks and spaces of our own aside. */
const unseen = /[^\P{C}\n]|[\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}]/u;

const name = fc
  .array(
    fc.oneof(
      fc.constantFrom('\u202e', '\u2066', '\u200b', '\ufeff', '\u2028', '\u0085', '\u0000'),
      fc.constantFrom('\u3164', '\u00ad', '\u{e0061}', 'a', 'ß', '漢', '<', '"', '\\', ' '),
    ),
    { minLength: 1, maxLength: 12 },
  )
  .map((signs) => signs.join(''));

const message: fc.Arbitrary<Message> = fc
  .record({ account: name, budget: name, meter: name, reason: name, nextStep: name })
  .map(({ meter, ...texts }) => {
    const drivers = [{ meter, amount: '1', share: 1 }];
    const over: Notice = { ...overBudget, ...texts, meter, drivers, unpriced: [meter] };
    const { budget: _, ...others } = texts;
    return messageOf(over, { ...healthNotice('read-error'), ...others });
  });

test('no form shows a name that is not as it looks', () => {
  fc.assert(
    fc.property(message, (published) => {
      const input = publishInput(published, 'arn:aws:sns:eu-west-1:111111111111:alerts');
      const forms: Forms = JSON.parse(input.Message ?? '');
      const slack = slackMessage({ message: forms.lambda }, 'eu-west-1');

      for (const [form, text] of Object.entries({ ...forms, subject: input.Subject ?? '' })) {
        expect(text, form).not.toMatch(unseen);
      }
      expect(JSON.stringify(JSON.parse(forms.https)), 'chat').not.toMatch(unseen);
      expect(JSON.stringify(slack.message), 'Slack').not.toMatch(unseen);
      expect(JSON.parse(forms.sqs), 'programs').toEqual(published);
    }),
  );
});

test('a direction override is replaced by its escape', () => {
  const { Subject, Message: body = '' } = publishInput(
    messageOf({ ...overBudget, account: 'every\u202egniht', budget: 'every\u202egniht' }),
    'arn:aws:sns:eu-west-1:111111111111:alerts',
  );
  const { email, sms, https, sqs } = JSON.parse(body);

  expect(Subject).toContain('every\\u202egniht over budget');
  expect(email).toContain('every\\u202egniht');
  expect(sms).toContain('every/u202egniht');
  expect(JSON.parse(https).content.title).toContain('every\\u202egniht');
  expect(sqs).toContain('"account":"every\\u202egniht"');
});

/**
 * What Slack takes of a message, as its reference says (docs.slack.dev, "Block Kit reference": blocks header, section,
 * context, actions, divider; element button; composition object text). Strict: nothing else may be there.
 */
import { expect } from 'vitest';
import * as z from 'zod';
import type { SlackMessage } from '../../../functions/messages/slack/blocks.ts';

function plainText(max: number) {
  return z.strictObject({
    type: z.literal('plain_text'),
    text: z.string().min(1).max(max),
    emoji: z.boolean().optional(),
  });
}

const mrkdwn = z.strictObject({
  type: z.literal('mrkdwn'),
  text: z.string().min(1).max(3_000),
  verbatim: z.boolean().optional(),
});

const blockId = { block_id: z.string().max(255).optional() };

const button = z.strictObject({
  type: z.literal('button'),
  text: plainText(75),
  action_id: z.string().max(255).optional(),
  url: z.url({ protocol: /^https?$/ }).max(3_000),
});

const block = z.discriminatedUnion('type', [
  z.strictObject({ type: z.literal('header'), text: plainText(150), ...blockId }),
  z.strictObject({
    type: z.literal('section'),
    text: z.union([mrkdwn, plainText(3_000)]),
    ...blockId,
  }),
  z.strictObject({
    type: z.literal('context'),
    elements: z
      .array(z.union([mrkdwn, plainText(3_000)]))
      .min(1)
      .max(10),
    ...blockId,
  }),
  z.strictObject({
    type: z.literal('actions'),
    elements: z.array(button).min(1).max(25),
    ...blockId,
  }),
  z.strictObject({ type: z.literal('divider'), ...blockId }),
]);

const webhookMessage = z.strictObject({
  // Slack advises 4,000 characters at most (chat.postMessage, "Truncating content").
  text: z.string().min(1).max(4_000),
  blocks: z.array(block).min(1).max(50),
  unfurl_links: z.boolean().optional(),
  unfurl_media: z.boolean().optional(),
});

/** Cumulative, of all blocks; Slack documents 12,000 for markdown blocks and refuses others at about as many (slackapi/bolt-js, issue 2509). */
const MAX_CHARACTERS = 12_000;

/** Fails with what Slack would find wrong. */
export function expectSlackTakes(message: SlackMessage): void {
  const { error } = webhookMessage.safeParse(message);
  expect(error?.issues ?? []).toEqual([]);
  expect(JSON.stringify(message.blocks).length).toBeLessThanOrEqual(MAX_CHARACTERS);
}

/** A mention or link that Slack would make of the text: `<!here>`, `<@U1>`, `<#C1>`, `@channel`; our own links are none. */
export function mentionsIn(message: SlackMessage): readonly string[] {
  return textsOf(message).flatMap(
    (text) => text.match(/<(?!https?:\/\/)[^>]*>?|@(?:here|channel|everyone)/gi) ?? [],
  );
}

/** Every text in it: of the notification, of the blocks, of the buttons. */
export function textsOf({ text, blocks }: SlackMessage): readonly string[] {
  return [text, ...blocks.flatMap(textsOfBlock)];
}

/** All sections, one after the other, as they are written. */
export function sectionsOf({ blocks }: SlackMessage): string {
  return blocks.flatMap((one) => (one.type === 'section' ? one.text.text : [])).join('\n');
}

function textsOfBlock(one: SlackMessage['blocks'][number]): readonly string[] {
  switch (one.type) {
    case 'divider':
      return [];
    case 'context':
      return one.elements.map((element) => element.text);
    case 'actions':
      return one.elements.map((element) => element.text.text);
    default:
      return [one.text.text];
  }
}

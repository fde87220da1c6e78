/** The CDK app: `npx cdk deploy --all -c email=ops@example.com`, and more of what `settings.ts` reads. */
import { App } from 'aws-cdk-lib';
import { CostAlertsStack } from './cost-alerts-stack.ts';
import {
  isDeployment,
  keepSettings,
  readOverrides,
  readSettings,
  readSettingsFile,
  SettingsError,
} from './settings.ts';
import { ChatStack } from './slack-channel.ts';

const app = new App();
try {
  const sources = { context: app.node.getAllContext(), file: readSettingsFile() };
  const { alerts, slackChannel } = readSettings(sources);
  const { topic } = new CostAlertsStack(app, 'CostAlerts', alerts);
  if (slackChannel) new ChatStack(app, 'CostAlertsChat', { ...slackChannel, topic });
  if (isDeployment(sources.context)) {
    for (const line of keepSettings(sources.file, readOverrides(sources))) console.error(line);
  }
} catch (error) {
  if (!(error instanceof SettingsError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

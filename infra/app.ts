/** The CDK app: `npx cdk deploy -c email=ops@example.com`, and more of what `context.ts` reads. */
import { App } from 'aws-cdk-lib';
import { ContextError, readContext } from './context.ts';
import { CostAlertsStack } from './cost-alerts-stack.ts';

const app = new App();
try {
  const settings = readContext((name) => app.node.tryGetContext(name));
  new CostAlertsStack(app, 'CostAlerts', settings);
} catch (error) {
  if (!(error instanceof ContextError)) throw error;
  console.error(error.message);
  process.exitCode = 1;
}

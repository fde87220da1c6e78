/** What ends `npm start`: one line for the person who typed the command, without a stack trace. */
export class StartError extends Error {
  override readonly name = 'StartError';
}

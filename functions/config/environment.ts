import * as z from 'zod';

/** A function's environment as its schema yields it. Throws one line that names what is missing. */
export function readEnvironment<Values>(
  schema: z.ZodType<Values>,
  environment: NodeJS.ProcessEnv,
): Values {
  const { success, data, error } = schema.safeParse(environment);
  if (success) return data;
  throw new Error(`Environment of the function: ${z.prettifyError(error)}`);
}

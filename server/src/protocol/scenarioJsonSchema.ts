/**
 * The JSON schema of scenario files, for editors. Made from the zod schema; it validates nothing itself.
 */
import * as z from 'zod';
import { scenarioSchema } from './scenarioFormat.ts';

/** The schema of `*.irql-scenario.json`. A `$schema` key is allowed in the file for editors' sake. */
export function scenarioJsonSchema(): unknown {
  return z.toJSONSchema(scenarioSchema, { target: 'draft-7', io: 'input' });
}

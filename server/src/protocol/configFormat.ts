/**
 * The format of a workspace's `.irql-lens/config.json`: what a team agrees on, for the editor and the CLI alike.
 * It gives problems with their JSON path and never throws. Settings of one user live in the editor, not here.
 */
import * as z from 'zod';

const severity = z.enum(['error', 'warning', 'information', 'hint', 'off']);

const config = z
  .strictObject({
    $schema: z.string().optional(),
    rules: z
      .record(z.string(), severity)
      .optional()
      .describe('Severity of single rules by id, or off. Rules not named keep their defaults.'),
    defines: z
      .record(z.string(), z.union([z.string(), z.int()]))
      .optional()
      .describe('Preprocessor names that decide #if groups, e.g. {"DBG": 0, "_WIN64": 1}.'),
    arch: z.enum(['x64', 'arm64', 'x86']).optional().describe('Target; decides the numbers of the IRQLs.'),
    exclude: z
      .array(z.string())
      .optional()
      .describe('Folders and files to leave out, as glob patterns from the folder of .irql-lens.'),
    thresholds: z
      .strictObject({
        dpcMicroseconds: z.number().min(1).max(1e6).optional(),
        isrMicroseconds: z.number().min(1).max(1e6).optional(),
      })
      .optional()
      .describe('Microseconds that a DPC (100 by default) and an ISR (25 by default) may take in all.'),
    profile: z.string().optional().describe('Cost profile for lock figures, see `irql-lens profiles`.'),
  })
  .describe('Configuration of IRQL Lens for this workspace.');

/** A decoded `.irql-lens/config.json`. */
export type WorkspaceConfig = z.infer<typeof config>;

/** A problem in a configuration file. */
export interface ConfigProblem {
  /** e.g. "rules.irql-too-high"; '' for the file as a whole */
  readonly path: string;
  readonly message: string;
}

/** Decodes the text of a configuration file; with problems the configuration is empty. */
export function decodeConfig(text: string): { config: WorkspaceConfig; problems: readonly ConfigProblem[] } {
  let value: unknown;
  try {
    value = JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    return { config: {}, problems: [{ path: '', message: `not valid JSON: ${String(error)}` }] };
  }
  const parsed = config.safeParse(value);
  if (parsed.success) return { config: parsed.data, problems: [] };
  const problems = parsed.error.issues.map((issue) => ({
    path: issue.path.join('.'),
    message: issue.message,
  }));
  return { config: {}, problems };
}

/** The JSON schema that editors complete and validate the file with. */
export function configJsonSchema(): unknown {
  return z.toJSONSchema(config);
}

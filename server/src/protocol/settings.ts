/**
 * The settings table: every setting of the editor with its form, default and words, once. The decoder, the extension's
 * manifest and docs/settings.md are made from it (scripts/generateSettings.mjs). It reads no configuration itself.
 */
import * as z from 'zod';

/** One row. `schema` is what a value must be; its JSON schema goes into the manifest. */
export interface SettingRow<T> {
  readonly schema: z.ZodType<T>;
  readonly default: T;
  /** One or more full sentences, markdown. */
  readonly description: string;
  /** Words for the values of an enumeration, in its order. */
  readonly valueDescriptions?: readonly string[];
  /** `resource`: may differ per folder; `window`: one for the window. */
  readonly scope: 'window' | 'resource';
}

function row<T>(
  schema: z.ZodType<T>,
  value: T,
  description: string,
  more: { readonly valueDescriptions?: readonly string[]; readonly scope?: 'window' | 'resource' } = {},
): SettingRow<T> {
  return { schema, default: value, description, scope: 'window', ...more };
}

const severity = z.enum(['error', 'warning', 'information', 'hint', 'off']);

/** All settings, by key under `irqlLens.`. */
export const settingsTable = {
  profile: row(
    z.enum(['skylake-sp', 'icelake-sp', 'zen3-milan', 'zen4-desktop', 'neoverse-n1']),
    'skylake-sp',
    'Processor whose costs are used for lock figures and replays.',
    {
      valueDescriptions: [
        'Intel Xeon Scalable, Skylake/Cascade Lake',
        'Intel Xeon Scalable, Ice Lake',
        'AMD EPYC 7003 (Milan)',
        'AMD Ryzen 7000',
        'Arm Neoverse N1 (Ampere Altra)',
      ],
    },
  ),
  cpus: row(
    z.int().min(1).max(64),
    4,
    'Number of processors that contend for a lock in the contended figure of the code lens. 1 shows the uncontended figure only.',
  ),
  costs: row<Readonly<Record<string, number>>>(
    z.record(z.string(), z.number().min(0).max(1e9)),
    {},
    'Figures of the profile that you have measured yourself, in cycles by name, e.g. `{"readIrql": 45, "raiseWrite": 60, "lowerWrite": 60}`. `irql-lens profiles` lists the names.',
  ),
  arch: row(
    z.enum(['x64', 'arm64', 'x86']),
    'x64',
    'Target processor. It decides the numbers of the IRQLs above DISPATCH_LEVEL.',
    { scope: 'resource' },
  ),
  defines: row<Readonly<Record<string, string | number>>>(
    z.record(z.string(), z.union([z.string(), z.int()])),
    {},
    'Preprocessor names that decide `#if` groups, e.g. `{"DBG": 0}`. Groups that no setting decides are read in all their branches.',
    { scope: 'resource' },
  ),
  inlayHints: row(
    z.enum(['off', 'changes', 'everyStatement']),
    'changes',
    'Where the IRQL is shown inside the code.',
    {
      valueDescriptions: [
        'Nowhere.',
        'At the entry of functions and behind calls that change the IRQL.',
        'In front of every statement.',
      ],
    },
  ),
  ribbon: row(
    z.boolean(),
    true,
    'Shows the IRQL of each line as a coloured ribbon in the gutter and the overview ruler.',
  ),
  codeLens: row(z.boolean(), true, 'Shows the simulated cost of each lock call above it.'),
  rules: row<Readonly<Record<string, z.infer<typeof severity>>>>(
    z.record(z.string(), severity),
    {},
    'Severity of single rules by id, or `off`, e.g. `{"redundant-irql-raise": "information"}`. Rules not named keep their defaults. A team\'s choice belongs into `.irql-lens/config.json`.',
    { scope: 'resource' },
  ),
  showMerelyAllowed: row(
    z.boolean(),
    false,
    'Also informs where a role merely may be called at too high an IRQL (a dispatch routine at DISPATCH_LEVEL), although nothing says that it happens.',
    { scope: 'resource' },
  ),
  maxFileSize: row(
    z.int().min(10_000).max(200_000_000),
    8_000_000,
    'Files with more characters than this are left out of the analysis.',
    { scope: 'resource' },
  ),
  exclude: row<readonly string[]>(
    z.array(z.string().min(1)),
    [],
    'Folders and files to leave out, as glob patterns from the workspace folder, e.g. `third_party/**`.',
    { scope: 'resource' },
  ),
  'thresholds.dpcMicroseconds': row(
    z.number().min(1).max(1e6),
    100,
    "A DPC that takes longer than this many microseconds is reported: by the times that it stalls (`long-stall`), and by a rough estimate from its source (`dpc-runs-long`, and in the hover). Microsoft's guideline is 100.",
  ),
  'thresholds.isrMicroseconds': row(
    z.number().min(1).max(1e6),
    25,
    "The same for an ISR. Microsoft's guideline is 25.",
  ),
  'trace.server': row(
    z.enum(['off', 'messages', 'verbose']),
    'off',
    'Writes the messages between VS Code and the language server to the output channel.',
    { valueDescriptions: ['Nothing.', 'Names of the messages.', 'Messages with their content.'] },
  ),
} as const;

type Table = typeof settingsTable;
export type SettingKey = keyof Table;

/** Decoded settings: every key has a valid value. */
export type Settings = { readonly [K in SettingKey]: Table[K] extends SettingRow<infer T> ? T : never };

/** A value that was refused; the default is used instead. */
export interface SettingProblem {
  /** as the user writes it, `irqlLens.cpus` */
  readonly key: string;
  readonly message: string;
}

const keys = Object.keys(settingsTable) as SettingKey[];

/** Every setting at its default. */
export const defaultSettings: Settings = Object.fromEntries(
  keys.map((key) => [key, settingsTable[key].default]),
) as unknown as Settings;

/** The value at a dotted key: nested as VS Code hands it out, or flat as a test may write it. */
function valueAt(raw: unknown, key: string): unknown {
  if (typeof raw !== 'object' || raw === null) return undefined;
  const flat = (raw as Record<string, unknown>)[key];
  if (flat !== undefined) return flat;
  let value: unknown = raw;
  for (const part of key.split('.')) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<string, unknown>)[part];
  }
  return value;
}

/** Decodes what stands under `irqlLens`. An invalid value costs that setting only. Never throws. */
export function decodeSettings(raw: unknown): {
  readonly settings: Settings;
  readonly problems: readonly SettingProblem[];
} {
  const settings: Record<string, unknown> = { ...defaultSettings };
  const problems: SettingProblem[] = [];
  for (const key of keys) {
    const value = valueAt(raw, key);
    if (value === undefined || value === null) continue;
    const parsed = (settingsTable[key].schema as z.ZodType).safeParse(value);
    if (parsed.success) settings[key] = parsed.data;
    else problems.push({ key: `irqlLens.${key}`, message: describeProblem(key, parsed.error) });
  }
  return { settings: settings as unknown as Settings, problems };
}

function describeProblem(key: SettingKey, error: z.ZodError): string {
  const [issue] = error.issues;
  const where = issue === undefined || issue.path.length === 0 ? '' : ` at ${issue.path.join('.')}`;
  const what = (issue?.message ?? 'not understood').replace(/^Invalid input: /, '');
  return `irqlLens.${key}${where}: ${what}. The default ${JSON.stringify(settingsTable[key].default)} is used.`;
}

/** The properties of `contributes.configuration`, in the table's order. */
export function configurationProperties(): Record<string, unknown> {
  return Object.fromEntries(keys.map((key, order) => [`irqlLens.${key}`, manifestRow(key, order)]));
}

function manifestRow(key: SettingKey, order: number): Record<string, unknown> {
  const setting: SettingRow<unknown> = settingsTable[key];
  const {
    $schema: _,
    propertyNames: __,
    ...schema
  } = z.toJSONSchema(setting.schema) as Record<string, unknown>;
  const words = setting.valueDescriptions;
  return {
    ...schema,
    default: setting.default,
    markdownDescription: setting.description,
    ...(words === undefined ? {} : { enumDescriptions: words }),
    scope: setting.scope,
    order,
  };
}

/** The whole of docs/settings.md. */
export function settingsMarkdown(): string {
  const rows = keys.map((key) => {
    const setting: SettingRow<unknown> = settingsTable[key];
    const schema = z.toJSONSchema(setting.schema) as { enum?: unknown[]; minimum?: number; maximum?: number };
    const values = schema.enum?.map((value) => `\`${String(value)}\``).join(', ');
    const bounds =
      schema.minimum === undefined
        ? undefined
        : `${String(schema.minimum)} to ${String(schema.maximum ?? '')}`;
    const range = values ?? bounds;
    return [
      `## irqlLens.${key}`,
      '',
      setting.description,
      '',
      `Default: \`${JSON.stringify(setting.default)}\`.${range === undefined ? '' : ` Values: ${range}.`}`,
      '',
    ].join('\n');
  });
  const head =
    '# Settings\n\nGenerated from `server/src/protocol/settings.ts`. All settings have defaults that need no touch; an invalid value is\nsaid in the output channel and the default is used. What a team agrees on stands in `.irql-lens/config.json`.\n';
  return [head, ...rows].join('\n');
}

/**
 * The command line: commands, options, and what is wrong with them. It reads no files.
 */
import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import type { SweepAxes } from '../protocol/engineMessages.ts';
import { readAxes, readFigures } from './engineOptions.ts';
import { UsageError } from './usageError.ts';

export { UsageError };

export type CommandName = 'check' | 'irql' | 'functions' | 'simulate' | 'rules' | 'scenarios' | 'profiles';

/** A parsed command line. */
export interface Options {
  readonly command: CommandName;
  readonly operands: readonly string[];
  readonly format: string;
  readonly defines: Readonly<Record<string, string>>;
  readonly rules: readonly string[];
  readonly jobs: number;
  readonly useAnnotations: boolean;
  /** undefined: any warning or error counts */
  readonly maxWarnings: number | undefined;
  readonly baseline: string | undefined;
  readonly writeBaseline: string | undefined;
  readonly cpus: number | undefined;
  readonly lock: string | undefined;
  readonly profile: string | undefined;
  readonly seed: number | undefined;
  readonly explore: boolean;
  /** Only schedules with so few preemptions are explored. */
  readonly preemptions: number | undefined;
  readonly schedule: string | undefined;
  /** Profile figures that the user sets. */
  readonly figures: Readonly<Record<string, number>>;
  readonly sweep: SweepAxes | undefined;
  readonly color: boolean | undefined;
}

const FORMATS: Record<CommandName, readonly string[]> = {
  check: ['text', 'json', 'sarif'],
  irql: ['text', 'json'],
  functions: ['text', 'json'],
  simulate: ['text', 'json', 'trace', 'perfetto', 'csv'],
  rules: ['text', 'json'],
  scenarios: ['text', 'json'],
  profiles: ['text', 'json'],
};

const ANALYSIS = ['define', 'jobs', 'no-annotations'] as const;
const ALLOWED: Record<CommandName, readonly string[]> = {
  check: [...ANALYSIS, 'rule', 'max-warnings', 'baseline', 'write-baseline', 'color', 'no-color'],
  irql: ANALYSIS,
  functions: ANALYSIS,
  simulate: ['cpus', 'lock', 'profile', 'seed', 'explore', 'preemptions', 'schedule', 'figure', 'sweep'],
  rules: [],
  scenarios: [],
  profiles: [],
};

const PARSER_OPTIONS = {
  format: { type: 'string' },
  define: { type: 'string', multiple: true, short: 'D' },
  rule: { type: 'string', multiple: true },
  jobs: { type: 'string' },
  'no-annotations': { type: 'boolean' },
  'max-warnings': { type: 'string' },
  baseline: { type: 'string' },
  'write-baseline': { type: 'string' },
  cpus: { type: 'string' },
  lock: { type: 'string' },
  profile: { type: 'string' },
  seed: { type: 'string' },
  explore: { type: 'boolean' },
  preemptions: { type: 'string' },
  schedule: { type: 'string' },
  figure: { type: 'string', multiple: true },
  sweep: { type: 'string', multiple: true },
  color: { type: 'boolean' },
  'no-color': { type: 'boolean' },
} as const;

/** Parses the arguments after the program's name. Throws `UsageError` for anything that is not exactly understood. */
export function parseOptions(args: readonly string[]): Options {
  const [command, ...rest] = args;
  if (command === undefined || !(command in FORMATS)) {
    throw new UsageError(command === undefined ? 'a command is missing' : `unknown command '${command}'`);
  }
  const name = command as CommandName;
  const { values, positionals } = parseStrictly(rest);
  for (const option of Object.keys(values)) {
    if (option !== 'format' && !ALLOWED[name].includes(option)) {
      throw new UsageError(`--${option} is no option of '${name}'`);
    }
  }
  const format = values.format ?? 'text';
  if (!FORMATS[name].includes(format)) {
    throw new UsageError(`--format of '${name}' is one of ${FORMATS[name].join(', ')}, not '${format}'`);
  }
  checkTogether(name, values, format);
  return {
    command: name,
    operands: checkOperands(name, positionals),
    format,
    defines: readDefines(values.define ?? []),
    rules: values.rule ?? [],
    jobs: readNumber('jobs', values.jobs, 1, 256) ?? availableParallelism(),
    useAnnotations: values['no-annotations'] !== true,
    maxWarnings: readNumber('max-warnings', values['max-warnings'], 0, Number.MAX_SAFE_INTEGER),
    baseline: values.baseline,
    writeBaseline: values['write-baseline'],
    cpus: readNumber('cpus', values.cpus, 1, 1024),
    lock: values.lock,
    profile: values.profile,
    seed: readNumber('seed', values.seed, 0, 0xffffffff),
    explore: values.explore === true,
    preemptions: readNumber('preemptions', values.preemptions, 0, 1000),
    schedule: values.schedule,
    figures: readFigures(values.figure ?? []),
    sweep: readAxes(values.sweep ?? []),
    color: values['no-color'] === true ? false : values.color,
  };
}

function parseStrictly(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: PARSER_OPTIONS, allowPositionals: true, strict: true });
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error));
  }
}

/** A run is explored, follows a schedule or is swept: one of them; each has its own formats. */
function checkTogether(
  command: CommandName,
  values: ReturnType<typeof parseStrictly>['values'],
  format: string,
): void {
  if (command !== 'simulate') return;
  const ways = [
    ...(values.explore === true ? ['--explore'] : []),
    ...(values.schedule === undefined ? [] : ['--schedule']),
    ...(values.sweep === undefined ? [] : ['--sweep']),
  ];
  if (ways.length > 1) throw new UsageError(`${ways.join(' and ')} do not go together`);
  if (values.preemptions !== undefined && values.explore !== true)
    throw new UsageError('--preemptions needs --explore');
  const isSweep = values.sweep !== undefined;
  if (isSweep && (format === 'trace' || format === 'perfetto'))
    throw new UsageError(`a sweep has no ${format}: --format is one of text, json, csv`);
  if (!isSweep && format === 'csv') throw new UsageError('--format csv needs --sweep');
}

function checkOperands(command: CommandName, operands: readonly string[]): readonly string[] {
  if (command === 'simulate' && operands.length !== 1) {
    throw new UsageError("'simulate' takes one scenario: a file or an id of `irql-lens scenarios`");
  }
  if ((command === 'check' || command === 'irql' || command === 'functions') && operands.length === 0) {
    throw new UsageError(`'${command}' needs at least one file or folder`);
  }
  if ((command === 'rules' || command === 'scenarios' || command === 'profiles') && operands.length > 0) {
    throw new UsageError(`'${command}' takes no further argument`);
  }
  return operands;
}

function readDefines(defines: readonly string[]): Record<string, string> {
  const result: Record<string, string> = {};
  for (const define of defines) {
    const match = /^([A-Za-z_]\w*)(?:=(.*))?$/s.exec(define);
    if (match?.[1] === undefined) throw new UsageError(`--define takes NAME or NAME=VALUE, not '${define}'`);
    result[match[1]] = match[2] ?? '1';
  }
  return result;
}

function readNumber(option: string, text: string | undefined, min: number, max: number): number | undefined {
  if (text === undefined) return undefined;
  const value = Number(text);
  if (!/^\d+$/.test(text) || value < min || value > max) {
    throw new UsageError(
      `--${option} takes a whole number from ${String(min)} to ${String(max)}, not '${text}'`,
    );
  }
  return value;
}

/** The help text. */
export const USAGE = `usage:
  irql-lens check PATH...      [--format text|json|sarif] [--define N[=V]]... [--rule ID]... [--jobs N] [--no-annotations]
                               [--max-warnings N] [--baseline FILE] [--write-baseline FILE] [--color | --no-color]
  irql-lens irql PATH...       [--format text|json]      IRQL per statement
  irql-lens functions PATH...  [--format text|json]      one summary per function
  irql-lens simulate FILE|ID   [--cpus N] [--lock KIND] [--profile NAME] [--seed N] [--figure KEY=VALUE]... [--format text|json|trace|perfetto]
                               [--explore [--preemptions N] | --schedule STEPS | --sweep cpus|lock|hold|think=V,V,... [--format text|json|csv]]
  irql-lens rules|scenarios|profiles [--format text|json]

exit codes: 0 nothing found, 1 findings of severity error or warning (for simulate: any outcome but 'completed'), 2 wrong usage or input
`;

/**
 * The options of `simulate` that carry lists: profile figures that the user sets, and the axes of a sweep. It reads no files.
 */
import type { SweepAxes } from '../protocol/engineMessages.ts';
import { UsageError } from './usageError.ts';

/** `--figure KEY=VALUE`, each in the figure's own unit. */
export function readFigures(texts: readonly string[]): Readonly<Record<string, number>> {
  const figures: Record<string, number> = {};
  for (const text of texts) {
    const match = /^(\w+)=(\d+(?:\.\d+)?)$/.exec(text);
    const [, key, value] = match ?? [];
    if (key === undefined || value === undefined)
      throw new UsageError(`--figure takes KEY=NUMBER with a key of \`irql-lens profiles\`, not '${text}'`);
    figures[key] = Number(value);
  }
  return figures;
}

const numbers = { cpus: 'cpus', hold: 'holdCycles', think: 'thinkCycles' } as const;

/** `--sweep cpus=1,2,4 --sweep lock=ttas,queued`; undefined where there is none. */
export function readAxes(texts: readonly string[]): SweepAxes | undefined {
  if (texts.length === 0) return undefined;
  const axes: { -readonly [K in keyof SweepAxes]: SweepAxes[K] } = {};
  for (const text of texts) {
    const [name = '', list = ''] = text.split(/=(.*)/s);
    const values = list.split(',').filter((value) => value !== '');
    if (values.length === 0 || (name !== 'lock' && !(name in numbers)))
      throw new UsageError(`--sweep takes cpus=, lock=, hold= or think= with values V,V,..., not '${text}'`);
    if (name === 'lock') axes.locks = values;
    else axes[numbers[name as keyof typeof numbers]] = values.map((value) => wholeNumber(text, value));
  }
  return axes;
}

function wholeNumber(text: string, value: string): number {
  const number = Number(value);
  if (/^\d+$/.test(value) && number <= Number.MAX_SAFE_INTEGER) return number;
  throw new UsageError(`--sweep ${text}: '${value}' is no whole number`);
}

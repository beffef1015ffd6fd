// The options of `simulate` for people who study locks: figures, sweeps, schedules, preemption bounds, ranges.
import { describe, expect, it } from 'vitest';
import { parseOptions, UsageError } from '../../server/src/cli/options.ts';
import { renderSimulation, renderSweep, runSimulate, runSweep } from '../../server/src/cli/simulate.ts';

const options = (text: string) => parseOptions(['simulate', ...text.split(' ')]);
const textOf = (text: string): string => renderSimulation(runSimulate(options(text)), 'text');

describe('simulate', () => {
  it('prints ranges where the profile has only ranges', () => {
    expect(textOf('passive-vs-dpc')).toMatch(/^cycles: 3866 \[\d+\.\d-\d+\.\d\], events/m);
    const { ranges } = runSimulate(options('passive-vs-dpc')).result;
    expect(ranges?.cycles.mid).toBe(3866);
    expect(ranges?.cycles.low).toBeLessThan(3866);
    expect(ranges?.cycles.high).toBeGreaterThan(3866);
    expect(ranges?.outcomes).toEqual(['completed']);
  });

  it('takes figures of the user for certain', () => {
    const text = textOf('passive-vs-dpc --figure readIrql=30 --figure raiseWrite=50');
    expect(text).toContain('figures set by you: raiseWrite, readIrql');
    expect(text).toContain('cycles: 3876 ');
  });

  it('replays the schedule of a witness', () => {
    const { result } = runSimulate(options('abba --explore'));
    const args = ['simulate', 'abba', '--schedule', result.schedule ?? ''];
    const replayed = runSimulate(parseOptions(args)).result;
    expect(replayed.outcome).toBe('deadlock');
    expect(replayed.witness).toEqual(result.witness);
  });

  it('says that a preemption bound left something out', () => {
    const { result } = runSimulate(options('interrupt-lock --explore --preemptions 0'));
    expect(['completed', 'bounded']).toContain(result.outcome);
    expect(runSimulate(options('chain3-dpc --explore --preemptions 0')).result.bound).toContain(
      'at most 0 preemptions',
    );
  });
});

describe('a sweep', () => {
  it('has one row per combination, as text and as CSV', () => {
    const swept = options(
      'ttas-vs-queued --sweep cpus=1,2 --sweep lock=ttas,queued --sweep hold=50 --sweep think=10',
    );
    const result = runSweep(swept);
    expect(
      result.rows.map(({ cpus, lock, holdCycles, thinkCycles }) => [cpus, lock, holdCycles, thinkCycles]),
    ).toEqual([
      [1, 'ttas', 50, 10],
      [2, 'ttas', 50, 10],
      [1, 'queued', 50, 10],
      [2, 'queued', 50, 10],
    ]);
    expect(renderSweep(result, 'csv').split('\r\n')).toHaveLength(6);
    expect(renderSweep(result, 'text').split('\n')[1]).toMatch(/^CPUs  lock/);
  });

  it('of no CPUs is refused', () => {
    expect(() => runSweep(options('ttas-vs-queued --sweep cpus=0'))).toThrow('1 to 1024 CPUs, not 0');
  });
});

describe('wrong options', () => {
  it.each([
    ['abba --sweep foo=1', '--sweep takes'],
    ['abba --sweep cpus=1,x', "'x' is no whole number"],
    ['abba --figure foo', '--figure takes'],
    ['abba --preemptions 1', 'needs --explore'],
    ['abba --explore --sweep cpus=1', 'do not go together'],
    ['abba --format csv', 'needs --sweep'],
    ['abba --sweep cpus=1 --format trace', 'a sweep has no trace'],
  ])('%s', (text, message) => {
    expect(() => options(text)).toThrow(UsageError);
    expect(() => options(text)).toThrow(message);
  });

  it('an unknown figure and no schedule are refused when they are met', () => {
    expect(() => runSimulate(options('abba --figure foo=1'))).toThrow("no figure 'foo'");
    expect(() => runSimulate(options('abba --schedule x'))).toThrow('is no schedule');
  });
});

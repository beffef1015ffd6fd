/**
 * Compares the explorer's verdicts and witness lengths with SPIN on hand-written Promela models (test/engine/promela).
 * A model with a dead state must show one within the explorer's number of steps and none within one step fewer; a model without
 * must be clean; the deliberately broken one must fail. Fails where `spin` or a C compiler is missing and cannot be installed.
 */
import { spawnSync } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { fileURLToPath } from 'node:url';
import { explore, findScenario } from '../server/src/engine/engine.ts';
import type { Scenario } from '../server/src/protocol/scenarioFormat.ts';
import { ordered4 } from '../test/engine/ordered4.ts';

const models = fileURLToPath(new URL('../test/engine/promela/', import.meta.url));

interface Model {
  readonly file: string;
  readonly scenario: Scenario | undefined;
  readonly defines: readonly string[];
}

const bundled = (id: string): Model => ({ file: `${id}.pml`, scenario: findScenario(id), defines: [] });

const list: readonly Model[] = [
  bundled('atdpc-at-passive'),
  bundled('isr-takes-kspinlock'),
  bundled('interrupt-lock'),
  bundled('abba'),
  bundled('chain3-dpc'),
  bundled('recursive'),
  bundled('cancel-and-completion'),
  { file: 'ordered4.pml', scenario: ordered4(false), defines: [] },
  { file: 'ordered4.pml', scenario: ordered4(true), defines: ['-DBROKEN'] },
];

function has(tool: string): boolean {
  return spawnSync(tool, ['--version'], { stdio: 'ignore' }).error === undefined;
}

/** Installs the Debian packages where the tools are missing; false where that is not possible. */
function hasTools(): boolean {
  if (has('spin') && has('gcc')) return true;
  console.log('spin or gcc is missing: trying apt-get install spin gcc');
  spawnSync('apt-get', ['update', '-qq'], { stdio: 'ignore' });
  spawnSync('apt-get', ['install', '-y', '-qq', 'spin', 'gcc', 'libc6-dev'], { stdio: 'inherit' });
  return has('spin') && has('gcc');
}

interface Verdict {
  readonly errors: number;
  readonly states: number;
  readonly seconds: number;
}

/** Generates, compiles (-O2) and runs the verifier, without partial-order reduction. */
function runSpin(folder: string, { file, defines }: Model, steps: number | undefined): Verdict {
  const all = [...defines, ...(steps === undefined ? [] : [`-DK=${steps}`])];
  const run = (command: string, args: readonly string[]): string => {
    const child = spawnSync(command, args, { cwd: folder, encoding: 'utf8' });
    if (child.error !== undefined || (child.status !== 0 && command !== './pan')) {
      throw new Error(`${command} ${args.join(' ')}: ${child.stderr}${child.stdout}`);
    }
    return child.stdout;
  };
  run('spin', ['-a', ...all, file]);
  run('gcc', ['-O2', '-DSAFETY', '-DNOREDUCE', '-DVECTORSZ=2048', '-w', '-o', 'pan', 'pan.c']);
  const from = performance.now();
  // With a bound on the steps only the watcher's assertion counts, not that somebody is stuck later (-E).
  const output = run('./pan', steps === undefined ? ['-m100000'] : ['-m100000', '-E']);
  const seconds = (performance.now() - from) / 1000;
  return {
    errors: Number(/errors: (\d+)/.exec(output)?.[1] ?? Number.NaN),
    states: Number(/(\d+(?:\.\d+)?(?:e[+]\d+)?) states, stored/.exec(output)?.[1] ?? Number.NaN),
    seconds,
  };
}

function check(folder: string, model: Model): boolean {
  if (model.scenario === undefined) throw new Error(`${model.file} has no scenario`);
  const from = performance.now();
  const { result } = explore(model.scenario, { maxTraceEvents: 1000 });
  const own = (performance.now() - from) / 1000;
  const name = `${model.file} ${model.defines.join(' ')}`.trim();
  const whole = runSpin(folder, model, undefined);
  if (result.outcome === 'completed') {
    const isOk = whole.errors === 0;
    const ratio = own / whole.seconds;
    console.log(
      `${isOk ? 'ok ' : 'OUT'} ${name}: no dead state; engine ${result.states} states ${own.toFixed(3)} s, SPIN ${whole.states} states ${whole.seconds.toFixed(3)} s (ratio ${ratio.toFixed(2)})`,
    );
    return isOk;
  }
  const length = result.witnessLength ?? 0;
  const within = runSpin(folder, model, length).errors > 0;
  const fewer = length > 1 && runSpin(folder, model, length - 1).errors > 0;
  const isOk = result.outcome === 'deadlock' && whole.errors > 0 && within && !fewer;
  console.log(
    `${isOk ? 'ok ' : 'OUT'} ${name}: ${result.outcome} after ${length} steps; SPIN ${whole.errors > 0 ? 'fails' : 'passes'}, within ${length}: ${within}, within ${length - 1}: ${fewer}`,
  );
  return isOk;
}

if (!hasTools()) {
  console.log('SPIN is not here and cannot be installed: nothing was compared.');
  process.exitCode = 1;
} else {
  const folder = mkdtempSync(path.join(tmpdir(), 'irql-lens-spin-'));
  try {
    cpSync(models, folder, { recursive: true });
    const nOut = list.filter((model) => !check(folder, model)).length;
    console.log(`${list.length - nOut} models agree, ${nOut} do not`);
    process.exitCode = nOut === 0 ? 0 : 1;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

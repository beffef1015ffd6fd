/**
 * What a scenario's form alone cannot say: names that are given twice, bounds the wrong way round, levels that the platform does
 * not have. Names that do not exist are found where they are resolved.
 */
import type { Arrivals, Duration, Scenario, ScenarioLock, Statement } from '../../protocol/scenarioFormat.ts';
import { ScenarioError } from '../scenarioError.ts';

/** `highest`: the target's highest IRQL. Throws `ScenarioError` at the first fault. */
export function checkScenario(scenario: Scenario, highest: number): void {
  const { locks, data = [], dpcs = [], isrs = [], threads, routines = {} } = scenario;
  checkNames('locks', 'lock', locks);
  checkNames('data', 'variable', data);
  locks.forEach((lock, index) => {
    checkLock(lock, `locks.${index}`, highest);
  });
  checkRoutineNames(scenario);
  threads.forEach(({ body }, index) => {
    checkBody(body, `threads.${index}.body`, highest);
  });
  dpcs.forEach(({ arrivals, body }, index) => {
    checkArrivals(arrivals, `dpcs.${index}.arrivals`);
    checkBody(body, `dpcs.${index}.body`, highest);
  });
  isrs.forEach(({ arrivals, body, irql }, index) => {
    checkIrql(irql, `isrs.${index}.irql`, highest);
    checkArrivals(arrivals, `isrs.${index}.arrivals`);
    checkBody(body, `isrs.${index}.body`, highest);
  });
  for (const [name, body] of Object.entries(routines)) checkBody(body, `routines.${name}`, highest);
  checkDuration(scenario.limits?.cycles, 'limits.cycles');
}

function checkLock(lock: ScenarioLock, path: string, highest: number): void {
  const { kind, irql, count = 0, limit = 1 } = lock;
  checkIrql(irql, `${path}.irql`, highest);
  const most = kind === 'semaphore' ? limit : 1;
  if ((kind === 'semaphore' || kind.includes('event')) && count > most)
    throw new ScenarioError(`a count of ${count} is above the limit of ${most}.`, `${path}.count`);
}

function checkArrivals(arrivals: Arrivals | undefined, path: string): void {
  checkDuration(arrivals?.at, `${path}.at`);
  checkDuration(arrivals?.every, `${path}.every`);
}

function checkIrql(irql: number | undefined, path: string, highest: number): void {
  if (irql === undefined || irql <= highest) return;
  throw new ScenarioError(`IRQL ${irql} does not exist here: the highest is ${highest} (31 on x86).`, path);
}

function checkNames(list: string, what: string, rows: readonly { readonly id: string }[]): void {
  rows.forEach(({ id }, index) => {
    if (rows.findIndex((row) => row.id === id) < index)
      throw new ScenarioError(`there is another ${what} called '${id}'.`, `${list}.${index}.id`);
  });
}

/** A DPC or ISR is named by the statements that ask for it: on one CPU the name must be its own. */
function checkRoutineNames({ dpcs = [], isrs = [] }: Scenario): void {
  for (const [list, rows] of [
    ['dpcs', dpcs],
    ['isrs', isrs],
  ] as const) {
    rows.forEach(({ name, cpu }, index) => {
      const first = rows.findIndex(
        (row) => row.name === name && (row.cpu === cpu || row.cpu === 'all' || cpu === 'all'),
      );
      if (first < index)
        throw new ScenarioError(`there is another '${name}' on the same CPU.`, `${list}.${index}.name`);
    });
  }
}

function checkDuration(duration: Duration | undefined, path: string): void {
  if (typeof duration !== 'object' || !('uniform' in duration)) return;
  const [low, high] = duration.uniform;
  if (low > high) throw new ScenarioError(`the lower bound ${low} is above ${high}.`, `${path}.uniform`);
}

function checkBody(rows: readonly Statement[], path: string, highest: number): void {
  rows.forEach((row, index) => {
    const at = `${path}.${index}`;
    if ('cycles' in row) checkDuration(row.cycles, `${at}.cycles`);
    if (row.do === 'setTimer') {
      checkDuration(row.in, `${at}.in`);
      checkDuration(row.every, `${at}.every`);
    }
    if ('to' in row) checkIrql(row.to, `${at}.to`, highest);
    if ('restore' in row) checkIrql(row.restore, `${at}.restore`, highest);
    if ('body' in row) checkBody(row.body, `${at}.body`, highest);
    if ('then' in row && row.then !== undefined) checkBody(row.then, `${at}.then`, highest);
    if ('else' in row && row.else !== undefined) checkBody(row.else, `${at}.else`, highest);
    if (row.do === 'choose') checkBranches(row.between, `${at}.between`, highest);
  });
}

function checkBranches(
  branches: readonly { readonly weight?: number | undefined; readonly body: readonly Statement[] }[],
  path: string,
  highest: number,
): void {
  branches.forEach(({ body }, index) => {
    checkBody(body, `${path}.${index}.body`, highest);
  });
  if (branches.every(({ weight }) => weight === 0))
    throw new ScenarioError('one branch at least needs a weight above 0.', path);
}

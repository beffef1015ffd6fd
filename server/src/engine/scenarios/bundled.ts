/** The bundled scenarios in the order of the manual. A new one is one file and one row here. */
import type { Scenario } from '../../protocol/scenarioFormat.ts';
import { abba } from './abba.ts';
import { atdpcAtPassive } from './atdpcAtPassive.ts';
import { cancelAndCompletion } from './cancelAndCompletion.ts';
import { chain3Dpc } from './chain3Dpc.ts';
import { contendedCounter } from './contendedCounter.ts';
import { fromdpcAfterAcquire } from './fromdpcAfterAcquire.ts';
import { interruptLock } from './interruptLock.ts';
import { isrTakesKspinlock } from './isrTakesKspinlock.ts';
import { longHold } from './longHold.ts';
import { naiveCheck } from './naiveCheck.ts';
import { passiveVsDpc } from './passiveVsDpc.ts';
import { readerWriter } from './readerWriter.ts';
import { recursive } from './recursive.ts';
import { releaseInDpc } from './releaseInDpc.ts';
import { ttasVsQueued } from './ttasVsQueued.ts';

export const bundledScenarios: readonly Scenario[] = [
  passiveVsDpc,
  naiveCheck,
  atdpcAtPassive,
  isrTakesKspinlock,
  interruptLock,
  abba,
  chain3Dpc,
  recursive,
  fromdpcAfterAcquire,
  releaseInDpc,
  ttasVsQueued,
  readerWriter,
  longHold,
  cancelAndCompletion,
  contendedCounter,
];

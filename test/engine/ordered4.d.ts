/** Four CPUs, two locks in one order, a DPC each: the engine's side of promela/ordered4.pml. `isBroken` turns the last CPU round. */
import type { Scenario } from '../../server/src/protocol/scenarioFormat.ts';
export declare function ordered4(isBroken: boolean, withIsrs?: boolean, cpus?: number): Scenario;

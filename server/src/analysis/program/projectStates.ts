/**
 * What a whole driver says about the levels of its callbacks: the execution level and synchronization scope of its framework
 * devices, and the synchronization model of a storage miniport. Said in different ways in one driver, it is not known.
 */
import { calleeAtom, childAt, NodeKind } from '../../syntax/ir.ts';
import { TokenKind } from '../../syntax/tokenTable.ts';
import type { RoleFact } from '../../ddi/ddiFacts.ts';
import type { HostedFunction } from './functionUnit.ts';
import {
  assignedValue,
  CREATED_HERE,
  LEVEL_VARIES,
  SOMETIMES,
  variableOf,
  type SiteStates,
} from './siteStates.ts';
import type { HostedFile, WorkspaceProgram } from './workspaceProgram.ts';

/** States of a project, as the facts' conditions name them. */
export interface ProjectStates {
  /** hold for every callback */
  readonly everywhere: SiteStates;
  /** inherited by framework objects that say nothing themselves */
  readonly executionLevel: 'executionLevelPassive' | 'executionLevelDispatch' | undefined;
  readonly isSynchronized: boolean;
}

const LEVEL_STATES = ['executionLevelPassive', 'executionLevelDispatch', LEVEL_VARIES];

/** Nothing said. */
export const noProjectStates: ProjectStates = {
  everywhere: [],
  executionLevel: undefined,
  isSynchronized: false,
};

/** Whether an edit of a function with that text may change the states. */
export function mayHoldStates(text: string): boolean {
  return /WdfDeviceCreate|WdfDriverCreate|StorPortInitialize|StorSynchronize|VIRTUAL_HW_INIT/.test(text);
}

const WORDS = [
  'VIRTUAL_HW_INITIALIZATION_DATA',
  'StorPortInitialize',
  'StorSynchronizeFullDuplex',
  'StorSynchronizeHalfDuplex',
  'WdfDeviceCreate',
  'WdfDriverCreate',
] as const;

const wordsOf = new WeakMap<HostedFile['structure'], string>();

/** Which of the words that decide where to look stand in the file, as one text to compare. */
export function stateWords({ structure, text }: HostedFile): string {
  let words = wordsOf.get(structure);
  if (words === undefined) {
    words = WORDS.filter((word) => text.includes(word)).join(' ');
    wordsOf.set(structure, words);
  }
  return words;
}

/** Reads the states of a project. Parses only bodies that create devices in files that name an execution level or scope. */
export function readProjectStates(files: readonly HostedFile[], program: WorkspaceProgram): ProjectStates {
  const isSaid = (word: (typeof WORDS)[number]): boolean =>
    files.some((file) => stateWords(file).includes(word));
  const everywhere: string[] = [];
  if (isSaid('VIRTUAL_HW_INITIALIZATION_DATA')) everywhere.push('virtualMiniport');
  else if (isSaid('StorPortInitialize')) {
    const isFull = isSaid('StorSynchronizeFullDuplex');
    if (!isFull || !isSaid('StorSynchronizeHalfDuplex')) {
      everywhere.push(isFull ? 'StorSynchronizeFullDuplex' : 'StorSynchronizeHalfDuplex');
    }
  }
  return { everywhere, ...readDeviceStates(files, program) };
}

type DeviceStates = Pick<ProjectStates, 'executionLevel' | 'isSynchronized'>;

function readDeviceStates(files: readonly HostedFile[], program: WorkspaceProgram): DeviceStates {
  let nDevices = 0;
  let nPassive = 0;
  let nSynchronized = 0;
  let isDriverPassive = false;
  for (const file of files) {
    if (!/WdfDeviceCreate|WdfDriverCreate/.test(stateWords(file))) continue;
    for (const id of file.functionIds) {
      const unit = program.functions[id];
      if (unit === undefined || !mentionsCreation(unit, program)) continue;
      for (const { isDevice, level, scope } of creationsIn(unit, program)) {
        const isPassive = level === 'WdfExecutionLevelPassive';
        if (level === SOMETIMES) return { executionLevel: undefined, isSynchronized: false };
        if (!isDevice) isDriverPassive ||= isPassive;
        else {
          nDevices++;
          if (isPassive) nPassive++;
          if (scope === 'WdfSynchronizationScopeDevice' || scope === 'WdfSynchronizationScopeQueue')
            nSynchronized++;
        }
      }
    }
  }
  const isSynchronized = nDevices > 0 && nSynchronized === nDevices;
  if (nDevices === 0) return { executionLevel: undefined, isSynchronized };
  if (nPassive === nDevices) return { executionLevel: 'executionLevelPassive', isSynchronized };
  return {
    executionLevel: nPassive === 0 && !isDriverPassive ? 'executionLevelDispatch' : undefined,
    isSynchronized,
  };
}

function mentionsCreation(
  { file: { structure }, head }: HostedFunction,
  { atoms }: WorkspaceProgram,
): boolean {
  const { tokens } = structure;
  const wanted = [atoms.find('WdfDeviceCreate'), atoms.find('WdfDriverCreate')];
  for (let t = head.bodyTokens.from; t < head.bodyTokens.to; t++) {
    if (tokens.kind[t] === TokenKind.Identifier && wanted.includes(tokens.atom[t] ?? -1)) return true;
  }
  return false;
}

interface Creation {
  readonly isDevice: boolean;
  readonly level: string | undefined;
  readonly scope: string | undefined;
}

function creationsIn(unit: HostedFunction, { atoms }: WorkspaceProgram): Creation[] {
  const ir = unit.ir();
  const creations: Creation[] = [];
  for (let node = 0; node < ir.nodeCount; node++) {
    if (ir.kind[node] !== NodeKind.Call) continue;
    const name = atoms.text(Math.max(calleeAtom(ir, node), 0));
    if (name !== 'WdfDeviceCreate' && name !== 'WdfDriverCreate') continue;
    const isDevice = name === 'WdfDeviceCreate';
    const attributes = variableOf(ir, childAt(ir, node, isDevice ? 2 : 3));
    creations.push({
      isDevice,
      level: assignedValue(ir, attributes, 'ExecutionLevel', node, atoms),
      scope: assignedValue(ir, attributes, 'SynchronizationScope', node, atoms),
    });
  }
  return creations;
}

/**
 * The states at a registration with what the project adds: an object that says nothing takes its device's settings. That it
 * says nothing is known only where its creation is seen; a passive device is believed without.
 */
export function inheritStates(states: SiteStates, fact: RoleFact, project: ProjectStates): SiteStates {
  const all = [...states, ...project.everywhere];
  if (!fact.flags.includes('mayBePassiveIfExecutionLevelPassive')) return all;
  const isCreatedHere = states.includes(CREATED_HERE);
  const isLevelSaid = LEVEL_STATES.some((state) => states.includes(state));
  const { executionLevel, isSynchronized } = project;
  const mayInherit = isCreatedHere || executionLevel === 'executionLevelPassive';
  if (!isLevelSaid && executionLevel !== undefined && mayInherit) all.push(executionLevel);
  const isScopeSaid = states.includes('syncScopeDeviceOrQueue') || states.includes('syncScopeNone');
  if (!isScopeSaid && isSynchronized && isCreatedHere) all.push('syncScopeDeviceOrQueue');
  return all;
}

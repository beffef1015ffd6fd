/**
 * Connects the function uses of one project: who is registered as what, which functions a struct field, global or parameter
 * may hold, whose address goes where nobody can follow. It looks at uses only; no body is read here.
 */
import type { DdiFacts, FieldRegistration, FunctionRegistration } from '../../ddi/ddiFacts.ts';
import type { Atom, AtomTable } from '../../syntax/atoms.ts';
import type { NodeId } from '../../syntax/ir.ts';
import type { FunctionId, RoleAssignment } from '../program.ts';
import type { FunctionUse, InitStep, UseTarget } from './bodyIndex.ts';
import { isNeutralName } from './neutralNames.ts';
import { inheritStates, type ProjectStates } from './projectStates.ts';
import { roleLevelsAt, type RoleLevels } from './roleLevels.ts';
import type { SiteStates } from './siteStates.ts';
import type { ProjectTypes } from './types.ts';

/** Where a use stands: in a function's body or in a global's initialiser. */
export type UseSite =
  | { readonly kind: 'body'; readonly function: FunctionId }
  | { readonly kind: 'global'; readonly path: string; readonly index: number };

/** A use with its place. */
export interface PlacedUse {
  readonly site: UseSite;
  readonly use: FunctionUse;
}

/** A role as linked; the place is turned into a range when it is asked for. */
export interface LinkedRole extends RoleLevels {
  readonly fact: RoleAssignment['fact'];
  readonly how: RoleAssignment['how'];
  readonly via: string;
  readonly site: UseSite;
  readonly node: NodeId;
}

/** What linking found. Keys of fields are `Struct.field` with the canonical struct name. */
export interface ProjectLink {
  readonly roles: ReadonlyMap<FunctionId, readonly LinkedRole[]>;
  readonly fields: ReadonlyMap<string, ReadonlySet<FunctionId>>;
  readonly globals: ReadonlyMap<Atom, ReadonlySet<FunctionId>>;
  /** functions passed to parameter i of a workspace function, by `id:i` */
  readonly parameters: ReadonlyMap<string, ReadonlySet<FunctionId>>;
  readonly unexplained: ReadonlySet<FunctionId>;
}

/** What linking asks of the snapshot. */
export interface LinkSource {
  readonly atoms: AtomTable;
  readonly ddi: DdiFacts;
  readonly types: ProjectTypes;
  readonly states: ProjectStates;
  /** functions that a name means at that place */
  functionsNamed(site: UseSite, name: Atom): readonly FunctionId[];
  /** whether some file of the project includes a header of that name */
  includesHeader(name: string): boolean;
  usesOf(id: FunctionId): readonly FunctionUse[];
  /** whether the body calls its parameter i itself */
  callsParameter(id: FunctionId, index: number): boolean;
}

/** How a function came to the place: directly, or through parameters of the driver's own functions. */
interface Journey {
  readonly site: UseSite;
  readonly node: NodeId;
  readonly states: SiteStates;
  readonly major: Atom;
  readonly isPassedThrough: boolean;
  readonly depth: number;
}

interface Linking extends LinkSource {
  readonly roles: Map<FunctionId, LinkedRole[]>;
  readonly fields: Map<string, Set<FunctionId>>;
  readonly globals: Map<Atom, Set<FunctionId>>;
  readonly parameters: Map<string, Set<FunctionId>>;
  readonly unexplained: Set<FunctionId>;
}

const MAX_WRAPPERS = 8;

/** Links the uses of a project. Linear in the uses, wrappers unrolled up to a small depth. */
export function linkProject(uses: Iterable<PlacedUse>, source: LinkSource): ProjectLink {
  const linking: Linking = {
    ...source,
    roles: new Map(),
    fields: new Map(),
    globals: new Map(),
    parameters: new Map(),
    unexplained: new Set(),
  };
  for (const { site, use } of uses) {
    if (use.source.kind !== 'function' || use.target.kind === 'harmless') continue;
    const { node, states, major } = use;
    for (const id of source.functionsNamed(site, use.source.name)) {
      follow(linking, id, use.target, { site, node, states, major, isPassedThrough: false, depth: 0 });
    }
  }
  const { roles, fields, globals, parameters, unexplained } = linking;
  return { roles, fields, globals, parameters, unexplained };
}

function follow(linking: Linking, id: FunctionId, target: UseTarget, journey: Journey): void {
  switch (target.kind) {
    case 'harmless':
      return;
    case 'unexplained':
      linking.unexplained.add(id);
      return;
    case 'argument':
      followArgument(linking, id, target, journey);
      return;
    case 'global':
      addTo(linking.globals, target.name, id);
      return;
    case 'field':
      followField(linking, id, target, journey);
      return;
    case 'initializer':
      followInitializer(linking, id, target, journey);
      return;
  }
}

function addTo<K>(map: Map<K, Set<FunctionId>>, key: K, id: FunctionId): void {
  const ids = map.get(key);
  if (ids === undefined) map.set(key, new Set([id]));
  else ids.add(id);
}

function followArgument(
  linking: Linking,
  id: FunctionId,
  target: UseTarget & { kind: 'argument' },
  journey: Journey,
): void {
  const { atoms, ddi } = linking;
  const name = target.callee >= 0 ? target.callee : target.through;
  const text = atoms.text(name);
  const registrations = ddi
    .registrationsOfFunction(text)
    .filter(({ callbackArg }) => callbackArg === target.index);
  for (const registration of registrations)
    if (!registration.isUnregister) register(linking, id, registration, journey);
  if (registrations.length > 0 || isNeutralName(text)) return;
  if (ddi.registrationsOfFunction(text).some(({ isUnregister }) => isUnregister)) return;
  const callees = target.callee >= 0 ? linking.functionsNamed(journey.site, name) : [];
  if (callees.length === 0 || journey.depth >= MAX_WRAPPERS) linking.unexplained.add(id);
  else for (const callee of callees) passTo(linking, id, callee, target.index, journey);
}

function register(
  linking: Linking,
  id: FunctionId,
  registration: FunctionRegistration,
  journey: Journey,
): void {
  const via = `${registration.function} argument ${String(registration.callbackArg + 1)}`;
  assign(linking, id, registration.role, registration.entryLevels, journey, 'registrationCall', via);
}

/** The function arrives as parameter `index` of `callee`: whatever that does with it, happens to it. */
function passTo(linking: Linking, id: FunctionId, callee: FunctionId, index: number, journey: Journey): void {
  const key = `${String(callee)}:${String(index)}`;
  const isNew = !(linking.parameters.get(key)?.has(id) ?? false);
  addTo(linking.parameters, key, id);
  if (!isNew) return;
  let isFollowed = linking.callsParameter(callee, index);
  for (const use of linking.usesOf(callee)) {
    if (use.source.kind !== 'param' || use.source.index !== index) continue;
    isFollowed = true;
    const states = [...journey.states, ...use.states];
    const site: UseSite = { kind: 'body', function: callee };
    // The reader wants to see the driver's own call; names in the wrapper's body are looked up from there.
    const inner = { ...journey, states, isPassedThrough: true, depth: journey.depth + 1 };
    followFrom(linking, id, use.target, inner, site);
  }
  if (!isFollowed) linking.unexplained.add(id);
}

function followFrom(
  linking: Linking,
  id: FunctionId,
  target: UseTarget,
  journey: Journey,
  scope: UseSite,
): void {
  if (target.kind !== 'argument') follow(linking, id, target, journey);
  else
    followArgument(
      { ...linking, functionsNamed: (_, name) => linking.functionsNamed(scope, name) },
      id,
      target,
      journey,
    );
}

function followField(
  linking: Linking,
  id: FunctionId,
  target: UseTarget & { kind: 'field' },
  journey: Journey,
): void {
  const type = linking.types.resolve(target.of);
  if (type === undefined) {
    linking.unexplained.add(id);
    return;
  }
  storeInField(linking, id, type, target.field, linking.atoms.text(target.slot), journey, 'fieldAssignment');
}

type FieldHow = 'fieldAssignment' | 'initializer';

function storeInField(
  linking: Linking,
  id: FunctionId,
  type: Atom,
  field: Atom,
  slot: string,
  journey: Journey,
  how: FieldHow,
): void {
  const { atoms, types } = linking;
  const struct = types.structName(type);
  const fieldText = atoms.text(field);
  const owner = types.struct(type);
  const member = owner === undefined ? undefined : types.field(owner, field);
  const registrations = ofIncludedHeader(linking, registrationsOf(linking, type, struct, fieldText)).filter(
    (each) => isSlot(each, slot),
  );
  const exact = registrations.filter(({ index }) => index !== undefined);
  for (const registration of exact.length > 0 ? exact : registrations) {
    registerField(linking, id, registration, slot, journey, how);
  }
  if (registrations.length > 0) return;
  const isKnownField = member !== undefined || struct === undefined;
  if (isKnownField) addTo(linking.fields, `${atoms.text(struct ?? bareName(type, atoms))}.${fieldText}`, id);
  // A struct of a header that is not here: whoever reads the field is unknown.
  if (struct === undefined || member === undefined) linking.unexplained.add(id);
}

function bareName(type: Atom, atoms: AtomTable): Atom {
  return atoms.intern(atoms.text(type).replace(/^_/, ''));
}

function registrationsOf(
  linking: Linking,
  type: Atom,
  struct: Atom | undefined,
  field: string,
): readonly FieldRegistration[] {
  const { atoms, ddi } = linking;
  for (const name of [type, struct]) {
    if (name === undefined) continue;
    const text = atoms.text(name);
    const found = ddi.registrationsOfField(text, field);
    if (found.length > 0) return found;
    const bare = ddi.registrationsOfField(text.replace(/^_/, ''), field);
    if (bare.length > 0) return bare;
  }
  return [];
}

/** Of rows for structs of the same name in several headers, those of a header that the project includes. */
function ofIncludedHeader(
  linking: Linking,
  rows: readonly FieldRegistration[],
): readonly FieldRegistration[] {
  if (new Set(rows.map(({ header }) => header)).size <= 1) return rows;
  const included = rows.filter(({ header }) => header !== undefined && linking.includesHeader(header));
  return included.length > 0 ? included : rows;
}

function isSlot(registration: FieldRegistration, slot: string): boolean {
  return registration.index === undefined || registration.index === slot;
}

function registerField(
  linking: Linking,
  id: FunctionId,
  row: FieldRegistration,
  slot: string,
  journey: Journey,
  how: FieldHow,
): void {
  const index = slot === '' ? '' : `[${slot}]`;
  const major = slot.startsWith('IRP_MJ_') ? linking.atoms.intern(slot) : journey.major;
  assign(
    linking,
    id,
    row.role,
    row.entryLevels,
    { ...journey, major },
    how,
    `${row.struct}.${row.field}${index}`,
  );
}

function assign(
  linking: Linking,
  id: FunctionId,
  role: string,
  entryLevels: number | undefined,
  journey: Journey,
  how: RoleAssignment['how'],
  via: string,
): void {
  const fact = linking.ddi.role(role);
  const major = linking.atoms.text(journey.major);
  const states = fact === undefined ? [] : inheritStates(journey.states, fact, linking.states);
  const levels = fact === undefined ? undefined : roleLevelsAt(fact, { states, major, entryLevels });
  if (fact === undefined || levels === undefined) {
    linking.unexplained.add(id);
    return;
  }
  const roles = linking.roles.get(id) ?? [];
  linking.roles.set(id, roles);
  const linked: LinkedRole = {
    ...levels,
    fact,
    via,
    site: journey.site,
    node: journey.node,
    how: journey.isPassedThrough ? 'passedThrough' : how,
  };
  if (!roles.some((each) => each.fact === fact && each.via === via && each.levels === levels.levels))
    roles.push(linked);
}

function followInitializer(
  linking: Linking,
  id: FunctionId,
  target: UseTarget & { kind: 'initializer' },
  journey: Journey,
): void {
  const steps = target.isArray ? target.steps.slice(1) : target.steps;
  if (steps.length === 0) {
    // An array of function pointers, called by index.
    if (target.variable !== 0) addTo(linking.globals, target.variable, id);
    else linking.unexplained.add(id);
    return;
  }
  let type = target.type;
  for (let i = 0; i < steps.length; i++) {
    const field = fieldOfStep(linking, type, steps[i]);
    const isLast = i === steps.length - 1 || isArrayStep(steps, i);
    if (field === undefined) break;
    if (isLast) {
      storeInField(linking, id, type, field, slotOf(linking, steps[i + 1]), journey, 'initializer');
      return;
    }
    const struct = linking.types.struct(type);
    const member = struct === undefined ? undefined : linking.types.field(struct, field);
    if (member === undefined) break;
    type = member.typeName;
  }
  linking.unexplained.add(id);
}

/** `.MajorFunction = { [IRP_MJ_READ] = F }`: the last step is the element of an array field. */
function isArrayStep(steps: readonly InitStep[], i: number): boolean {
  return i === steps.length - 2 && 'field' in (steps[i] ?? {}) && 'place' in (steps[i + 1] ?? {});
}

function slotOf(linking: Linking, step: InitStep | undefined): string {
  return step !== undefined && 'field' in step ? linking.atoms.text(step.field) : '';
}

function fieldOfStep(
  { types, ddi, atoms }: Linking,
  type: Atom,
  step: InitStep | undefined,
): Atom | undefined {
  if (step === undefined) return undefined;
  if ('field' in step) return step.field;
  const own = types.struct(type)?.fields[step.place];
  if (own !== undefined) return own.name;
  const name = atoms.text(type).replace(/^_/, '');
  const row = ddi.registrationsOfStruct(name).find(({ position }) => position === step.place);
  return row === undefined ? undefined : atoms.intern(row.field);
}

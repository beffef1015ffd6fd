/**
 * Who carries the burden of proof for a role's highest level, where a source table does not say: derived from the
 * role's bounds and flags, and from a short list of roles that are known to run at their upper level in daily use.
 */
import type { RoleRow } from '../../server/src/protocol/factsFormat.ts';

/**
 * Data paths of the network stack, and framework callbacks whose default is the upper level. Callbacks whose level depends on
 * the request or the layer (post-operations, WFP classify, StorPort StartIo) are not among them: nothing says that it happens.
 */
const USUAL = new Set([
  'EVT_WDF_TIMER',
  'EVT_WDF_INTERRUPT_ISR',
  'EVT_WDF_INTERRUPT_ENABLE',
  'EVT_WDF_INTERRUPT_DISABLE',
  'EVT_WDF_INTERRUPT_SYNCHRONIZE',
  'HW_BUILDIO',
  'MINIPORT_SEND_NET_BUFFER_LISTS',
  'MINIPORT_RETURN_NET_BUFFER_LISTS',
  'PROTOCOL_RECEIVE_NET_BUFFER_LISTS',
  'FILTER_SEND_NET_BUFFER_LISTS',
  'FILTER_RETURN_NET_BUFFER_LISTS',
  'FILTER_RECEIVE_NET_BUFFER_LISTS',
]);

/** Callbacks whose level follows from the request or the adapter's synchronisation: a post-create runs at PASSIVE_LEVEL. */
const BY_REQUEST = new Set(['PFLT_POST_OPERATION_CALLBACK', 'HW_STARTIO', 'HW_TIMER', 'HW_TIMER_EX']);

const HIGH_MINIMA = new Set<unknown>([
  'APC',
  'DISPATCH',
  'DIRQL',
  'SYNCH',
  'CLOCK',
  'IPI',
  'PROFILE_LEVEL',
  'HIGH',
]);
const HIGH_MAXIMA = new Set<unknown>(['DISPATCH', 'DIRQL', 'SYNCH', 'CLOCK', 'IPI', 'PROFILE', 'HIGH']);

/** The mark of a role: one level only is always; a role of which no level is known proves nothing. */
export function upperMarkOf(row: RoleRow): 'always' | 'usual' | 'merelyAllowed' {
  if (row.min === null || row.min === undefined || row.max === null) return 'merelyAllowed';
  if (row.min === row.max) return 'always';
  if (USUAL.has(row.type)) return 'usual';
  if (BY_REQUEST.has(row.type)) return 'merelyAllowed';
  if (HIGH_MINIMA.has(row.min) && row.min !== 'APC') return 'usual';
  const isCompletion = /COMPLETE|COMPLETION/.test(row.type) && HIGH_MAXIMA.has(row.max);
  return isCompletion || row.flags?.includes('notGuaranteedDispatch') === true ? 'usual' : 'merelyAllowed';
}

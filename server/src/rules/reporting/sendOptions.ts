/**
 * Whether a KMDF request is sent synchronously: then the send waits, and what is wrong with it is the wait.
 */
import type { CallFact } from '../../analysis/facts.ts';
import { textOf } from '../fixes/editCall.ts';
import type { FunctionContext } from '../rule.ts';

/** A WdfRequestSend whose options were initialised with the synchronous flag, and nothing else initialises them. */
export function isSynchronous(context: FunctionContext, call: CallFact): boolean {
  if (call.name !== 'WdfRequestSend') return false;
  const options = call.args[2];
  if (options === undefined || options.path === '') return false;
  const inits = context.facts.calls.filter(
    ({ name, args }) => name === 'WDF_REQUEST_SEND_OPTIONS_INIT' && args[0]?.path === options.path,
  );
  return (
    inits.length > 0 &&
    inits.every(
      ({ args }) =>
        args[1] !== undefined &&
        /\bWDF_REQUEST_SEND_OPTION_SYNCHRONOUS\b/.test(textOf(context, args[1].node)),
    )
  );
}

/**
 * A run as one string that can be sent in a mail: scenario (a bundled one by its id), seed, overrides and schedule.
 * Base64url of JSON behind a mark and a version; reading checks everything, because the string comes from outside.
 */
import * as z from 'zod';
import { runRequestSchema, type RunRequest } from './replayMessages.ts';
import { scenarioSchema, type Scenario } from './scenarioFormat.ts';

/** What the string says. */
export interface SharedRun {
  /** Id of a bundled scenario, or the scenario itself. */
  readonly scenario: string | Scenario;
  readonly request: RunRequest;
}

const mark = 'irql-lens-run:1:';
const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_';

const sharedSchema: z.ZodType<SharedRun> = z.strictObject({
  scenario: z.union([z.string().max(120), scenarioSchema]),
  request: runRequestSchema,
});

/** Text to ASCII: everything above is written as a JSON escape, so that one character is one byte. */
function toAscii(json: string): string {
  return json.replace(
    /[\u007f-\uffff]/g,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
}

function encode(ascii: string): string {
  let text = '';
  for (let at = 0; at < ascii.length; at += 3) {
    const length = Math.min(3, ascii.length - at);
    const bits =
      (ascii.charCodeAt(at) << 16) |
      ((length > 1 ? ascii.charCodeAt(at + 1) : 0) << 8) |
      (length > 2 ? ascii.charCodeAt(at + 2) : 0);
    for (let digit = 0; digit <= length; digit++) text += alphabet[(bits >>> (18 - digit * 6)) & 63] ?? '';
  }
  return text;
}

function decode(text: string): string | null {
  let ascii = '';
  let bits = 0;
  let nBits = 0;
  for (const letter of text) {
    const digit = alphabet.indexOf(letter);
    if (digit < 0) return null;
    bits = ((bits << 6) | digit) & 0xffffff;
    nBits += 6;
    if (nBits >= 8) {
      nBits -= 8;
      ascii += String.fromCharCode((bits >>> nBits) & 255);
    }
  }
  return ascii;
}

/** Writes the string. */
export function writeSharedRun(run: SharedRun): string {
  return mark + encode(toAscii(JSON.stringify(run)));
}

/** Reads such a string, or says what is wrong with it. Never throws. */
export function readSharedRun(text: string): { readonly run: SharedRun } | { readonly problem: string } {
  const trimmed = text.trim();
  const version = /^irql-lens-run:(\d+):/.exec(trimmed);
  if (version === null) return { problem: 'this is no shared run: it does not begin with irql-lens-run:' };
  if (!trimmed.startsWith(mark))
    return {
      problem: `this run was shared by a newer IRQL Lens (version ${version[1]} of the string): update`,
    };
  const json = decode(trimmed.slice(mark.length).replace(/\s+/g, ''));
  if (json === null) return { problem: 'the string is damaged: copy it again' };
  try {
    const parsed = sharedSchema.safeParse(JSON.parse(json));
    return parsed.success
      ? { run: parsed.data }
      : { problem: 'the string is damaged or not complete: copy it again' };
  } catch {
    return { problem: 'the string is damaged or not complete: copy it again' };
  }
}

// Explain and status: the whole chain, and the short text.
import { expect, it } from 'vitest';
import { explainText, statusText } from './checkFeature.ts';

const CHAIN = `VOID Inner(PULONG p)
{
    *p $0= 1;
}
VOID Outer(PULONG p) { Inner(p); }
KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b) { Outer(c); }
`;

it('walks from the entry point to the statement', () => {
  const [title, ...lines] = explainText(CHAIN);
  expect(title).toBe('DISPATCH_LEVEL in Inner');
  const text = lines.join('\n');
  expect(text.indexOf('Dpc is entered')).toBeGreaterThanOrEqual(0);
  expect(text.indexOf('Outer')).toBeGreaterThan(text.indexOf('Dpc is entered'));
  expect(text).toContain('called from Outer at DISPATCH_LEVEL');
});

it('is short in the status bar', () => {
  expect(statusText(CHAIN)).toBe('DISPATCH_LEVEL');
  expect(statusText('int x$0;\n')).toBeUndefined();
});

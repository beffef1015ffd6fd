// `--jobs`: the same bytes whatever the number of threads.
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { afterAll, expect, it } from 'vitest';
import { runCli } from '../harness/runCli.ts';

const DRIVERS = 24;
const folder = mkdtempSync(path.join(tmpdir(), 'irql-lens-jobs-'));
afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

function write(name: string, text: string): void {
  const file = path.join(folder, name);
  mkdirSync(path.dirname(file), { recursive: true });
  writeFileSync(file, text);
}

for (let i = 0; i < DRIVERS; i++) {
  const unread = i % 5 === 0 ? 'class Broken { int x = { 1 };\n' : '';
  write(
    `driver${i}/entry.c`,
    `#include <ntddk.h>
KSPIN_LOCK g_Lock;
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { KeInitializeSpinLock(&g_Lock); return 0; }
KDEFERRED_ROUTINE Dpc;
VOID Dpc(PKDPC d, PVOID c, PVOID a, PVOID b) { Wait${i}(c); }
`,
  );
  write(
    `driver${i}/wait.c`,
    `#include <ntddk.h>
VOID Wait${i}(PVOID c) { KeWaitForSingleObject(c, Executive, KernelMode, FALSE, NULL); }
VOID Leak${i}(VOID)
{
  KIRQL old;
  KeAcquireSpinLock(&g_Lock, &old); // irql-lens-ignore lock-not-released: on purpose
  if (g_Lock) return;
  KeReleaseSpinLock(&g_Lock, old);
}
${unread}`,
  );
}

it.each(['json', 'sarif', 'text'])(
  'prints the same %s for any number of threads',
  (format) => {
    const [one, two, many] = ['1', '2', '5'].map((jobs) => {
      const { code, stdout, stderr } = runCli(['check', '--format', format, '--jobs', jobs, folder]);
      return { code, stderr, stdout: stdout.replace(/"elapsedMs": \d+/, '') };
    });
    expect(one?.code).toBe(1);
    expect(one?.stdout).toContain('irql-too-high');
    expect(two).toEqual(one);
    expect(many).toEqual(one);
  },
  60_000,
);

// Which project a file belongs to and whether its code runs in the kernel.
import { describe, expect, it } from 'vitest';
import { readProjectFile } from '../../../server/src/analysis/program/projectFile.ts';
import { programOf } from './harness.ts';

function projectsOf(fixture: string): Record<string, string> {
  const { files } = programOf(fixture);
  return Object.fromEntries(
    [...files.values()].map(({ path, project, mode }) => [path, `${project} ${mode ?? ''}`]),
  );
}

const kernelProject = `<Project><PropertyGroup><ConfigurationType>Driver</ConfigurationType><DriverType>WDM</DriverType>
<PlatformToolset>WindowsKernelModeDriver10.0</PlatformToolset></PropertyGroup>`;

describe('projects', () => {
  it('a .vcxproj owns what it lists, also elsewhere, and its folder', () => {
    expect(
      projectsOf(`//- /drv/sys/drv.vcxproj
${kernelProject}<ItemGroup><ClCompile Include="main.c" /><ClCompile Include="..\\Shared\\x.c" /></ItemGroup></Project>
//- /drv/exe/tool.vcxproj
<Project><PropertyGroup><ConfigurationType>Application</ConfigurationType></PropertyGroup>
<ItemGroup><ClCompile Include="tool.c" /><ClCompile Include="..\\shared\\x.c" /></ItemGroup></Project>
//- /drv/sys/main.c
int a;
//- /drv/sys/main.h
int b;
//- /drv/shared/x.c
int c;
//- /drv/exe/tool.c
int d;
`),
    ).toEqual({
      '/drv/sys/main.c': '/drv/sys/drv.vcxproj kernel',
      '/drv/sys/main.h': '/drv/sys/drv.vcxproj kernel',
      '/drv/shared/x.c': '/drv/sys/drv.vcxproj kernel',
      '/drv/exe/tool.c': '/drv/exe/tool.vcxproj user',
    });
  });

  it('without one, the folder of the entry point and what lies below, but not programs below', () => {
    expect(
      projectsOf(`//- /drv/entry.c
#include <ntddk.h>
NTSTATUS DriverEntry(PDRIVER_OBJECT d, PUNICODE_STRING r) { return 0; }
//- /drv/io/read.c
int a;
//- /drv/tool/main.c
#include <windows.h>
//- /drv/tool/sub/more.c
int c;
//- /inc/x.h
int b;
`),
    ).toEqual({
      '/drv/entry.c': '/drv kernel',
      '/drv/io/read.c': '/drv kernel',
      '/drv/tool/main.c': '/drv/tool user',
      '/drv/tool/sub/more.c': '/drv/tool user',
      '/inc/x.h': '/inc unknown',
    });
  });

  it('headers beside sources that a project elsewhere compiles belong to it', () => {
    const fixture = `//- /p/build/drv.vcxproj
${kernelProject}<ClCompile Include="..\\src\\*.c" /></Project>
//- /p/src/a.c
int a;
//- /p/src/a.h
int b;
`;
    expect(projectsOf(fixture)).toEqual({
      '/p/src/a.c': '/p/build/drv.vcxproj kernel',
      '/p/src/a.h': '/p/build/drv.vcxproj kernel',
    });
  });
});

describe('project files', () => {
  const read = (xml: string): ReturnType<typeof readProjectFile> =>
    readProjectFile('c:/drv/drv.vcxproj', xml);

  it('tells user mode from kernel mode', () => {
    const mode = (xml: string): string => read(xml).mode;
    expect(mode('<DriverType>UMDF</DriverType><ConfigurationType>DynamicLibrary</ConfigurationType>')).toBe(
      'user',
    );
    expect(mode('<PlatformToolset>WindowsUserModeDriver10.0</PlatformToolset>')).toBe('user');
    expect(mode('<PlatformToolset>WindowsApplicationForDrivers10.0</PlatformToolset>')).toBe('user');
    expect(mode('<DriverType>KMDF</DriverType><ConfigurationType>Driver</ConfigurationType>')).toBe('kernel');
    expect(mode('<ConfigurationType>DynamicLibrary</ConfigurationType>')).toBe('user');
    expect(mode('<ConfigurationType>StaticLibrary</ConfigurationType>')).toBe('unknown');
    expect(mode('not xml at all')).toBe('unknown');
  });

  it('takes defines that all configurations share', () => {
    const group = (config: string, values: string): string =>
      `<ItemDefinitionGroup Condition="${config}"><ClCompile><PreprocessorDefinitions>${values}</PreprocessorDefinitions></ClCompile></ItemDefinitionGroup>`;
    const { defines } = read(
      group('Debug', 'A;DBG=1;%(PreprocessorDefinitions)') + group('Release', 'A;B=0x20;$(More)'),
    );
    expect(defines).toEqual({ A: '1' });
  });

  it('leaves out what MSBuild alone can know', () => {
    const { sources, includeFolders } = read(
      '<ClCompile Include="$(Src)\\a.c;b.c" /><AdditionalIncludeDirectories>$(DDK);..\\Inc;%(X)</AdditionalIncludeDirectories>',
    );
    expect(sources).toEqual(['c:/drv/b.c']);
    expect(includeFolders).toEqual(['c:/Inc']);
  });

  it('knows the trace functions of the WPP preprocessor', () => {
    expect(
      read('<WppTraceFunction>TracePrint((LEVEL,MSG,...));Other(MSG)</WppTraceFunction>').traceFunctions,
    ).toEqual(['TracePrint', 'Other']);
  });
});

/**
 * Reads what the program model needs from MSBuild files (.vcxproj, .props): sources, include folders, defines, and whether
 * the product runs in the kernel. It evaluates no MSBuild conditions: what only some configurations define is left out.
 */
import { fileNameOf, folderOf, resolvePath } from '../../base/paths.ts';
import type { FileMode, ProjectInfo } from '../program.ts';

/** A project or property sheet as read. All paths are normal and absolute where the file's own path is. */
export interface ProjectFile {
  readonly path: string;
  /** compiled files; the last part may hold `*` */
  readonly sources: readonly string[];
  readonly headers: readonly string[];
  readonly includeFolders: readonly string[];
  readonly defines: Readonly<Record<string, string>>;
  /** property sheets that it imports by a path without MSBuild variables other than its own folder */
  readonly imports: readonly string[];
  readonly kind: ProjectInfo['kind'];
  readonly mode: FileMode;
  /** trace functions that the WPP preprocessor is told of */
  readonly traceFunctions: readonly string[];
}

const MAX_VALUE = 64 * 1024;

/** Reads a project file. Text that is no MSBuild file gives a project without sources. */
export function readProjectFile(path: string, text: string): ProjectFile {
  const folder = folderOf(path);
  const xml = text.replace(/<!--[\s\S]*?-->/g, '');
  const items = (tag: string): string[] => itemPaths(xml, tag, folder);
  const type = lastValue(xml, 'ConfigurationType');
  return {
    path,
    sources: items('ClCompile'),
    headers: items('ClInclude'),
    includeFolders: includeFolders(xml, folder),
    defines: readDefines(xml),
    imports: [...xml.matchAll(/<Import\s[^>]*?Project\s*=\s*"([^"]+)"/gi)].flatMap((match) =>
      paths(match[1] ?? '', folder),
    ),
    kind: kindOf(type),
    mode: modeOf(xml, type),
    traceFunctions: readTraceFunctions(xml),
  };
}

function kindOf(configurationType: string): ProjectInfo['kind'] {
  switch (configurationType.toLowerCase()) {
    case 'driver':
      return 'driver';
    case 'staticlibrary':
      return 'library';
    case 'application':
    case 'dynamiclibrary':
      return 'program';
    default:
      return 'folder';
  }
}

/** Toolset and driver type say it outright; an application is user mode unless something says kernel. */
function modeOf(xml: string, configurationType: string): FileMode {
  const toolset = lastValue(xml, 'PlatformToolset').toLowerCase();
  const driverType = lastValue(xml, 'DriverType').toLowerCase();
  if (driverType === 'umdf' || /usermodedriver|applicationfordrivers/.test(toolset)) return 'user';
  if (/kernelmodedriver/.test(toolset) || /^(?:wdm|kmdf|miniport|exportdriver)$/.test(driverType))
    return 'kernel';
  if (configurationType.toLowerCase() === 'driver') return 'kernel';
  if (/<SubSystem>\s*Native\s*</i.test(xml) || /_KERNEL_MODE|POOL_NX_OPTIN/.test(xml)) return 'kernel';
  return /^(?:application|dynamiclibrary)$/i.test(configurationType) ? 'user' : 'unknown';
}

/** `TracePrint((LEVEL,FLAGS,MSG,...));Other(MSG,...)` names TracePrint and Other. */
function readTraceFunctions(xml: string): string[] {
  const values = xml.matchAll(/<WppTraceFunction[^>]*>([^<]*)</gi);
  const names = [...values].flatMap(([, value = '']) =>
    value.split(';').flatMap((part) => /^\s*([A-Za-z_]\w*)\s*[({]/.exec(part)?.[1] ?? []),
  );
  return [...new Set(names)];
}

/** The last value of a property; configurations rarely disagree about the ones we ask for. */
function lastValue(xml: string, tag: string): string {
  const matches = [...xml.matchAll(new RegExp(`<${tag}(?:\\s[^>]*)?>([^<$]*)</${tag}>`, 'gi'))];
  return matches.map((match) => (match[1] ?? '').trim()).findLast((value) => value !== '') ?? '';
}

function itemPaths(xml: string, tag: string, folder: string): string[] {
  const items = xml.matchAll(new RegExp(`<${tag}\\s[^>]*?Include\\s*=\\s*"([^"]{1,${MAX_VALUE}})"`, 'gi'));
  return [...items].flatMap((match) => (match[1] ?? '').split(';').flatMap((item) => paths(item, folder)));
}

/** One path, or none when it holds an MSBuild variable that we do not know. */
function paths(item: string, folder: string): string[] {
  const decoded = item.trim().replaceAll('&amp;', '&');
  const known = decoded.replace(
    /\$\((?:MSBuildThisFileDirectory|ProjectDir|MSBuildProjectDirectory)\)\\?/gi,
    './',
  );
  if (known === '' || known.includes('$(') || known.includes('%(') || known.includes('@(')) return [];
  return [resolvePath(folder, known)];
}

function includeFolders(xml: string, folder: string): string[] {
  const values = xml.matchAll(/<AdditionalIncludeDirectories[^>]*>([^<]*)</gi);
  const folders = [...values].flatMap((match) =>
    (match[1] ?? '').split(';').flatMap((item) => paths(item, folder)),
  );
  return [...new Set(folders)];
}

/** Defines of every configuration: those of unconditional groups, and those that all conditional groups share. */
function readDefines(xml: string): Record<string, string> {
  const everywhere = new Set<string>();
  const conditional: Set<string>[] = [];
  const groups = xml.matchAll(/<ItemDefinitionGroup([^>]*)>([\s\S]*?)<\/ItemDefinitionGroup>/gi);
  for (const [, attributes = '', content = ''] of groups) {
    const values = [...content.matchAll(/<ClCompile[^>]*>([\s\S]*?)<\/ClCompile>/gi)].flatMap(
      ([, inner = '']) =>
        [...inner.matchAll(/<PreprocessorDefinitions[^>]*>([^<]*)</gi)].flatMap(([, value = '']) =>
          splitDefines(value),
        ),
    );
    if (values.length === 0) continue;
    if (!/Condition/i.test(attributes)) for (const value of values) everywhere.add(value);
    else conditional.push(new Set(values));
  }
  const [first, ...others] = conditional;
  for (const value of first ?? []) if (others.every((group) => group.has(value))) everywhere.add(value);
  return Object.fromEntries([...everywhere].map(splitDefine));
}

function splitDefines(value: string): string[] {
  return value
    .split(';')
    .map((item) => item.trim())
    .filter((item) => /^[A-Za-z_]\w*(?:=[^%$]*)?$/.test(item));
}

function splitDefine(item: string): [string, string] {
  const equals = item.indexOf('=');
  return equals < 0 ? [item, '1'] : [item.slice(0, equals), item.slice(equals + 1)];
}

/** The projects among MSBuild files by their paths, each with its property sheets. */
export function projectsAmong(files: ReadonlyMap<string, ProjectFile>): ProjectFile[] {
  const projects = [...files.values()].filter(({ path }) => /\.vcxproj$/i.test(path));
  return projects.map((project) => withPropertySheets(project, files));
}

/** The project with what its property sheets add; `sheets` maps normal paths to sheets. Import cycles are cut. */
function withPropertySheets(project: ProjectFile, sheets: ReadonlyMap<string, ProjectFile>): ProjectFile {
  const seen = new Set<string>();
  const includeFoldersSeen = new Set(project.includeFolders);
  let defines = project.defines;
  const traceFunctions = new Set(project.traceFunctions);
  let { mode, kind } = project;
  const visit = (file: ProjectFile): void => {
    for (const path of file.imports) {
      const sheet = sheets.get(path);
      if (sheet === undefined || seen.has(path)) continue;
      seen.add(path);
      for (const folder of sheet.includeFolders) includeFoldersSeen.add(folder);
      for (const name of sheet.traceFunctions) traceFunctions.add(name);
      defines = { ...sheet.defines, ...defines };
      if (mode === 'unknown') mode = sheet.mode;
      if (kind === 'folder') kind = sheet.kind;
      visit(sheet);
    }
  };
  visit(project);
  return {
    ...project,
    includeFolders: [...includeFoldersSeen],
    defines,
    mode,
    kind,
    traceFunctions: [...traceFunctions],
  };
}

/** Whether `path` is one of the project's items; `*` in an item's last part stands for any characters. */
export function isListed(items: readonly string[], path: string): boolean {
  return items.some((item) => item === path || (item.includes('*') && matchesWildcard(item, path)));
}

function matchesWildcard(item: string, path: string): boolean {
  const isDeep = item.includes('/**/');
  const folder = isDeep ? item.slice(0, item.indexOf('/**/')) : folderOf(item);
  const isFolder = isDeep ? path.startsWith(`${folder}/`) : folderOf(path) === folder;
  const pattern = fileNameOf(item)
    .replace(/[.+?^${}()|[\]\\]/g, '\\$&')
    .replaceAll('*', '.*');
  return isFolder && new RegExp(`^${pattern}$`, 'i').test(fileNameOf(path));
}

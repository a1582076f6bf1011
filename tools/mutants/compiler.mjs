import { resolve } from 'node:path';
import ts from 'typescript';

/**
 * Creates a question for the compiler: does it refuse the file with this text? A mutant that it refuses needs no test. Asked
 * only about mutants that survived, because it takes longer than their tests.
 */
export function createCompiler() {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  let changed = { fileName: '', text: '' };
  let version = 0;
  const service = ts.createLanguageService({
    fileExists: ts.sys.fileExists,
    readFile: ts.sys.readFile,
    directoryExists: ts.sys.directoryExists,
    getDirectories: ts.sys.getDirectories,
    getCurrentDirectory: ts.sys.getCurrentDirectory,
    getDefaultLibFileName: ts.getDefaultLibFilePath,
    getCompilationSettings: () => options,
    getScriptFileNames: () => [changed.fileName],
    getScriptVersion: (fileName) => (fileName === changed.fileName ? `${version}` : 'as it is'),
    getScriptSnapshot(fileName) {
      const text = fileName === changed.fileName ? changed.text : ts.sys.readFile(fileName);
      return text === undefined ? undefined : ts.ScriptSnapshot.fromString(text);
    },
  });
  return (fileName, text) => {
    changed = { fileName: resolve(fileName), text };
    version++;
    return service.getSemanticDiagnostics(changed.fileName).length > 0;
  };
}

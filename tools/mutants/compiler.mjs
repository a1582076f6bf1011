import ts from 'typescript';

/**
 * Finds the mutants that the compiler refuses: they need no test. Asked only about those that no test killed, and about all
 * of them at once, each as a file beside its original: the compiler takes longer to begin than to check a file.
 */
export function findRefused(mutants) {
  const mutantOf = new Map(
    mutants.map((mutant, place) => [mutant.fileName.replace('.ts', `.mutant-${place}.ts`), mutant]),
  );
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options: strict } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  // A name that a mutant leaves unused is a matter of style: a mistake may look just like it.
  const options = { ...strict, noUnusedLocals: false, noUnusedParameters: false };
  const host = ts.createCompilerHost(options);
  host.fileExists = (path) => mutantOf.has(path) || ts.sys.fileExists(path);
  host.readFile = (path) => mutantOf.get(path)?.text() ?? ts.sys.readFile(path);
  const program = ts.createProgram([...mutantOf.keys()], options, host);
  const isRefused = ([path]) =>
    program.getSemanticDiagnostics(program.getSourceFile(path)).length > 0;
  return new Set([...mutantOf].filter(isRefused).map(([, mutant]) => mutant));
}

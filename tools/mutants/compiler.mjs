import { relative } from 'node:path';
import ts from 'typescript';

/**
 * Opens the compiler for some files of the judge.
 *
 * @returns what is wrong with the files as they are, with its place: each mutant of such a file would be refused, and count as if
 *   it needed no test; and the function that finds the mutants which the compiler refuses
 */
export function openCompiler(paths) {
  const { config } = ts.readConfigFile('tsconfig.json', ts.sys.readFile);
  const { options: strict } = ts.parseJsonConfigFileContent(config, ts.sys, process.cwd());
  // A name that a mutant leaves unused is a matter of style: a mistake may look just like it.
  const options = { ...strict, noUnusedLocals: false, noUnusedParameters: false };
  const errorsIn = (program, path) => {
    const file = program.getSourceFile(path);
    return [...program.getSyntacticDiagnostics(file), ...program.getSemanticDiagnostics(file)];
  };

  const asItIs = ts.createProgram(paths, options);
  return {
    errors: paths.flatMap((path) => errorsIn(asItIs, path)).map(tell),
    /**
     * Finds the mutants that the compiler refuses: they need no test. Asked only about those that no test killed, and about all
     * of them at once, each as a file beside its original: the compiler takes longer to begin than to check a file.
     */
    findRefused(mutants) {
      const mutantOf = new Map(
        mutants.map((mutant, place) => [
          mutant.fileName.replace('.ts', `.mutant-${place}.ts`),
          mutant,
        ]),
      );
      const host = ts.createCompilerHost(options);
      host.fileExists = (path) => mutantOf.has(path) || ts.sys.fileExists(path);
      host.readFile = (path) => mutantOf.get(path)?.text() ?? ts.sys.readFile(path);
      const program = ts.createProgram([...mutantOf.keys()], options, host, asItIs);
      const isRefused = ([path]) => errorsIn(program, path).length > 0;
      return new Set([...mutantOf].filter(isRefused).map(([, mutant]) => mutant));
    },
  };
}

/** An error of the compiler with its place. */
function tell({ file, start, messageText }) {
  const { line, character } = file.getLineAndCharacterOfPosition(start);
  const message = ts.flattenDiagnosticMessageText(messageText, '\n');
  return `${relative('.', file.fileName)}:${line + 1}:${character + 1} ${message}`;
}

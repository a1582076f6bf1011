/** Marks in the answer of `complete` that paths may be typed as well. */
export const FILES = ':files';

/**
 * The scripts that shells read. They ask `flashsale-cli complete` for each word, so that they never know other commands than
 * the program that is installed.
 */
export const SHELL_SCRIPTS = {
  bash: `# bash completion for flashsale-cli
_flashsale_cli() {
  local line word before='' current='' typed="\${COMP_WORDS[COMP_CWORD]}"
  local -a words=()
  # Readline takes :, = and @ for words of their own; they belong to the words around them.
  for word in "\${COMP_WORDS[@]:1:COMP_CWORD}"; do
    if [[ -n $current && ( $word == [:=@] || ( $current == *[:=@] && -n $word ) ) ]]; then
      current+=$word
      words[\${#words[@]}-1]=$current
    else
      current=$word
      words+=("$word")
    fi
  done
  [[ $current != "$typed" ]] && before="\${current%"\${current##*[:=@]}"}"
  COMPREPLY=()
  while IFS= read -r line; do
    if [[ $line == '${FILES}' ]]; then
      compopt -o filenames 2>/dev/null
      while IFS= read -r line; do COMPREPLY+=("$line"); done < <(compgen -f -- "\${current#"$before"}")
    else
      line="\${line%%$'\\t'*}"
      COMPREPLY+=("\${line#"$before"}")
    fi
  done < <("\${COMP_WORDS[0]}" complete -- "\${words[@]}" 2>/dev/null)
}
complete -F _flashsale_cli flashsale-cli
`,
  zsh: `#compdef flashsale-cli
_flashsale_cli() {
  local line files=''
  local -a candidates
  for line in "\${(@f)$("\${words[1]}" complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)}"; do
    if [[ $line == '${FILES}' ]]; then
      files=yes
    elif [[ -n $line ]]; then
      candidates+=("\${\${line%%$'\\t'*}//:/\\\\:}:\${line#*$'\\t'}")
    fi
  done
  (( \${#candidates} )) && _describe 'flashsale-cli' candidates
  # Of --flag=path, the path alone is completed.
  if [[ -n $files ]]; then
    [[ \${words[CURRENT]} == --*=* ]] && compset -P 1 '*='
    _files
  fi
}
if [[ $funcstack[1] == _flashsale_cli ]]; then _flashsale_cli; else compdef _flashsale_cli flashsale-cli; fi
`,
  fish: `# fish completion for flashsale-cli
function __flashsale_cli_complete
  set -l words (commandline -opc) (commandline -ct)
  for line in (command $words[1] complete -- $words[2..-1] 2>/dev/null)
    if test "$line" = '${FILES}'
      # Of --flag=path, the path alone is completed.
      set -l flag (string match -r -- '^--[^=]+=' $words[-1])
      string replace -r -- '^' "$flag" (__fish_complete_path (string sub -s (math 1 + (string length -- "$flag")) -- $words[-1]))
    else
      echo $line
    end
  end
end
complete -c flashsale-cli -f -a '(__flashsale_cli_complete)'
`,
};

export type Shell = keyof typeof SHELL_SCRIPTS;
export const SHELLS = Object.keys(SHELL_SCRIPTS) as Shell[];

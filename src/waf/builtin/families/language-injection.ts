/**
 * Purpose: ways from a value to the system that Python, JavaScript on servers, Java with its expression languages, and
 *   Ruby offer; directives of server-side includes; names that change all objects of a program.
 * Input: decoded names, values and headers; includes in any text.
 * Result: `code-python`, `code-node`, `code-java`, `code-ruby`, `code-include`, `code-prototype`.
 * Example: `__import__('os').popen('id')`, `require('child_process')`, `T(java.lang.Runtime).getRuntime()`,
 *   `<!--#exec cmd="id"-->`, `__proto__[admin]`.
 * Known misses: names built of pieces, other languages.
 */
import { CRITICAL, type Rule } from '../family.ts';
import { ANGLE, CODE_WORD, DOLLAR, OBJECT_WORD, PAREN, PERCENT, QUOTE, UNDERSCORE } from '../marks.ts';
import { ALL_PLACES, on, patternFamily, VALUES, VALUES_AND_HEADERS } from './pattern-family.ts';
import { anyOf, eitherOf } from './word-pattern.ts';

const PYTHON = rule('code-python', 'a way from Python values to modules of the system');
const NODE = rule('code-node', 'a way from JavaScript to modules of the system');
const JAVA = rule('code-java', 'a way from Java expressions to classes of the system');
const RUBY = rule('code-ruby', 'a way from Ruby to commands and files');
const INCLUDE = rule('code-include', 'a directive of server-side includes');
const PROTOTYPE = rule('code-prototype', 'a name that changes the prototype of all objects');

const GAP = String.raw`\s{0,4}`;
const NOT_BEHIND_NAME = String.raw`(?<![\w.])`;

const PYTHON_NAMES = `__(?:import__${GAP}\\(|class__${GAP}[.[\\]|)]|init__${GAP}\\.|${anyOf(`
  builtins__ subclasses__ globals__ mro__ base__ bases__ getattribute__ reduce__
`)})`;
const PYTHON_MODULES = `${NOT_BEHIND_NAME}${anyOf(`
  os.system os.popen os.execl os.execv os.execve os.execvp os.spawnl os.spawnv os.environ os.listdir subprocess.popen
  subprocess.call subprocess.run subprocess.check_output subprocess.getoutput commands.getoutput pty.spawn
  importlib.import_module builtins.eval builtins.exec builtins.open
`)}\\b`;

const NODE_MODULE = `require${GAP}\\(${GAP}["'\`](?:node:)?${anyOf('child_process fs os vm net http process')}["'\`]`;
const NODE_PROCESS = `process${GAP}\\.${GAP}(?:mainmodule|binding|dlopen|env\\b(?!\\.node_env))|global(?:this)?${GAP}\\.${GAP}process`;
const NODE_CALLS = `(?:exec|spawn)(?:file)?sync${GAP}\\(|fs\\.(?:readfile|readdir|writefile)(?:sync)?${GAP}\\(|new\\s{1,4}function${GAP}\\(${GAP}["'\`]`;
const NODE_CONSTRUCTOR = `constructor${GAP}(?:\\.|\\[["'])${GAP}constructor${GAP}(?:\\(|["']\\])`;

const JAVA_PACKAGES = anyOf(`
  java.lang.runtime java.lang.processbuilder java.lang.system java.lang.class java.lang.thread java.lang.process
  java.lang.string java.io.file java.io.bufferedreader java.io.inputstreamreader java.net.url java.net.socket
  java.util.scanner javax.script. javax.naming. com.opensymphony. com.sun.rowset com.sun.org. freemarker.template.utility
  org.apache.commons.collections org.apache.commons.io org.springframework. org.yaml.snakeyaml @ognl.
  class.classloader class.module.classloader ysoserial
`);
const JAVA_CALLS = `runtime${GAP}(?:\\(${GAP}\\)|\\))?${GAP}\\.${GAP}(?:getruntime|exec)\\b|${anyOf('processbuilder forname urlclassloader scriptenginemanager')}${GAP}\\(|getclass${GAP}\\(${GAP}\\)${GAP}\\.${GAP}${anyOf('forname getclassloader getmethod class')}|#_?(?:memberaccess|context)\\b`;

const RUBY_CALLS = `${NOT_BEHIND_NAME}${anyOf(`
  io.popen io.read io.sysopen kernel.exec kernel.system kernel.open kernel.spawn process.spawn file.open file.read
  file.readlines dir.entries dir.glob open3.capture2 open3.capture3 open3.popen3
`)}${GAP}[(\\s"']`;

const DIRECTIVES = `<!--\\s{0,8}#\\s{0,8}${anyOf('exec include echo config printenv set fsize flastmod')}\\b`;
const EDGE_TAGS = `<esi:${anyOf('include inline vars debug remove choose assign eval try comment')}\\b`;
const PROTOTYPES = String.raw`(?:^|[.[\]"'{])__proto__(?:$|[.[\]"':\\])|(?:^|[.[\]"'])constructor(?:\]?\[|\.)prototype(?!\w)`;

const PYTHON_WAYS = eitherOf(PYTHON_NAMES, PYTHON_MODULES);
const RUBY_WAYS = eitherOf(RUBY_CALLS);

export const languageInjection = patternFamily([
  on(PYTHON, PYTHON_WAYS, UNDERSCORE, CODE_WORD, VALUES_AND_HEADERS),
  on(PYTHON, PYTHON_WAYS, PAREN, CODE_WORD, VALUES_AND_HEADERS),
  on(
    NODE,
    eitherOf(NODE_MODULE, NODE_PROCESS, NODE_CALLS, NODE_CONSTRUCTOR),
    PAREN,
    CODE_WORD,
    VALUES_AND_HEADERS,
  ),
  on(NODE, /child_process/, UNDERSCORE, CODE_WORD, VALUES_AND_HEADERS),
  on(NODE, /_\$\$nd_func\$\$_/i, DOLLAR, 0, ALL_PLACES),
  on(JAVA, eitherOf(JAVA_PACKAGES), 0, OBJECT_WORD, VALUES_AND_HEADERS),
  on(JAVA, eitherOf(JAVA_CALLS), PAREN, CODE_WORD, VALUES_AND_HEADERS),
  on(RUBY, RUBY_WAYS, PAREN, CODE_WORD, VALUES),
  on(RUBY, RUBY_WAYS, QUOTE, CODE_WORD, VALUES),
  on(RUBY, /^\s{0,4}%x\s{0,2}[({[|!]\s{0,4}[a-z/]{2}/i, PERCENT, 0, VALUES),
  on(INCLUDE, eitherOf(DIRECTIVES, EDGE_TAGS), ANGLE, 0, ALL_PLACES),
  on(PROTOTYPE, new RegExp(PROTOTYPES), 0, OBJECT_WORD, VALUES),
]);

function rule(id: string, message: string): Rule {
  return { id, label: 'CODE_INJECTION', message, score: CRITICAL };
}

import {
  type Document,
  type ErrorCode,
  isAlias,
  isMap,
  isNode,
  isPair,
  isScalar,
  isSeq,
  LineCounter,
  parseDocument,
  visit,
} from 'yaml';
import type { Path, Problem, SourceFile } from '../domain/catalogue.ts';
import { describeError } from '../domain/errors.ts';

/** A YAML file: its value, where each part of it stands, and what is wrong with its syntax. */
export interface YamlFile extends SourceFile {
  value: unknown;
  problems: Problem[];
}

/** Deeper nesting is refused before it can exhaust the stack. */
const DEEPEST = 50;

/**
 * Reads YAML 1.2. Anchors, aliases, merge keys, tags of its own and several documents in one file are refused: a few
 * aliases can stand for billions of values, and nothing in a runbook needs them. Never throws.
 */
export function readYaml(file: string, text: string): YamlFile {
  const lines = new LineCounter();
  const at = (offset: number) => {
    const { line, col } = lines.linePos(offset);
    return { line: Math.max(1, line), column: Math.max(1, col) };
  };
  if (deepestNesting(text) > DEEPEST)
    return broken(file, { message: `The file is nested deeper than ${DEEPEST} levels.` });
  try {
    const document = parseDocument(text, { lineCounter: lines, version: '1.2', uniqueKeys: true, prettyErrors: false });
    const locate = locator(document, at);
    // One sentence: what follows a mistake of this kind is mostly its consequence.
    const problem = refusal(file, document, at) ?? syntaxProblem(file, document, at, text);
    const problems = problem ? [problem] : [];
    const value: unknown = problems.length > 0 ? undefined : document.toJS({ maxAliasCount: 0 });
    return { file, value, problems, locate };
  } catch (error) {
    return broken(file, { message: `The file cannot be read as YAML: ${firstLine(describeError(error))}` });
  }
}

function broken(file: string, problem: { message: string }): YamlFile {
  const locate = () => ({ line: 1, column: 1 });
  return { file, value: undefined, problems: [{ file, line: 1, column: 1, ...problem }], locate };
}

/** A bound on how deep flow collections go (`[[[…`), and compact block ones (`- - - …`): the parser recurses. */
function deepestNesting(text: string): number {
  let open = 0;
  let deepest = 0;
  for (const character of text) {
    if (character === '[' || character === '{') deepest = Math.max(deepest, ++open);
    else if (character === ']' || character === '}') open = Math.max(0, open - 1);
  }
  return /^(?:[ \t]*[-?](?=[ \t])){51}/m.test(text) ? DEEPEST + 1 : deepest;
}

type Place = (offset: number) => { line: number; column: number };

function syntaxProblem(file: string, document: Document, at: Place, text: string): Problem | undefined {
  const [first] = [...document.errors, ...document.warnings].sort((left, right) => left.pos[0] - right.pos[0]);
  if (!first) return undefined;
  const { code, message, pos } = first;
  const word = /^[^\s:]+/.exec(text.slice(pos[0]))?.[0];
  if (/^Missing closing ['"]quote/.test(message)) {
    return { file, ...at(pos[0]), message: 'A quote in this line is not closed.' };
  }
  return { file, ...at(pos[0]), ...(sayings(word)[code] ?? { message: `${firstLine(message).replace(/\.$/, '')}.` }) };
}

/** What the parser's own words would leave people to guess. */
function sayings(word: string | undefined): Partial<Record<ErrorCode, Pick<Problem, 'message' | 'suggestion'>>> {
  return {
    DUPLICATE_KEY: { message: `The key ${word} stands here twice.` },
    TAB_AS_INDENT: { message: 'Tabs are not allowed as indentation.', suggestion: 'Use spaces.' },
    MULTIPLE_DOCS: {
      message: 'There is more than one document in this file.',
      suggestion: 'Keep one, and remove the line ---.',
    },
  };
}

/** The first thing in the file that YAML allows and a runbook does not. */
function refusal(file: string, document: Document, at: Place): Problem | undefined {
  let problem: Problem | undefined;
  visit(document, (_key, node) => {
    if (!isNode(node)) return undefined;
    const place = at(node.range?.[0] ?? 0);
    if (isAlias(node)) {
      problem = { file, ...place, message: `The alias *${node.source} is not allowed; write the value out.` };
    } else if (node.anchor) {
      problem = { file, ...place, message: `The anchor &${node.anchor} is not allowed; write the value out.` };
    } else if (node.tag && !node.tag.startsWith('tag:yaml.org,2002:')) {
      problem = { file, ...place, message: `The tag ${node.tag} is not allowed here.` };
    }
    return problem ? visit.BREAK : undefined;
  });
  return problem;
}

function locator(document: Document, at: Place): SourceFile['locate'] {
  return (path: Path, what = 'value') => {
    let node: unknown = document.contents;
    let offset = isNode(node) ? (node.range?.[0] ?? 0) : 0;
    for (const [index, key] of path.entries()) {
      if (isMap(node)) {
        const pair = node.items.find(
          (item) => isPair(item) && isScalar(item.key) && String(item.key.value) === `${key}`,
        );
        if (!pair) break;
        const last = index === path.length - 1;
        node = (last && what === 'key') || !isNode(pair.value) ? pair.key : pair.value;
      } else if (isSeq(node)) {
        const item = node.items[Number(key)];
        if (!isNode(item)) break;
        node = item;
      } else break;
      if (isNode(node)) offset = node.range?.[0] ?? offset;
    }
    return at(offset);
  };
}

function firstLine(text: string): string {
  return text.split('\n')[0] ?? text;
}

import { describe, expect, it } from '@jest/globals';
import fc from 'fast-check';
import { type Inline, mrkdwnTree, type Part, plainTree } from '../../../sandbox/page/src/blocks/mrkdwn-tree.ts';

/** The tree as a string that is read at one glance: `bold(…)`, `link(address|…)`, text as it is. */
function written(nodes: Inline[]): string {
  return nodes
    .map((node) => {
      switch (node.kind) {
        case 'text':
          return node.text;
        case 'link':
          return `link(${node.url}|${written(node.children)})`;
        case 'person':
        case 'channel':
        case 'group':
          return `${node.kind}(${node.id}${node.label === undefined ? '' : `|${node.label}`})`;
        case 'broadcast':
          return `broadcast(${node.range})`;
        case 'date':
          return `date(${node.iso}|${node.text})`;
        case 'emoji':
          return node.name === undefined ? node.character : `emoji(${node.name}=${node.character})`;
        default:
          return `${node.kind}(${written(node.children)})`;
      }
    })
    .join('');
}

const parts = (list: Part[]) =>
  list.map(({ kind, children }) => (kind === 'paragraph' ? written(children) : `${kind}[${written(children)}]`));

describe('mrkdwn', () => {
  it.each([
    ['a sentence', 'Nothing has been changed.', ['Nothing has been changed.']],
    ['bold', '*Waiting for approval* by a person', ['bold(Waiting for approval) by a person']],
    ['italic and strike', '_soon_ ~never~', ['italic(soon) strike(never)']],
    ['one in the other', '*bold _and italic_*', ['bold(bold italic(and italic))']],
    ['a mark beside punctuation', '(*yes*, _no_.)', ['(bold(yes), italic(no).)']],
    ['marks within words', 'chatbot_app_user and 2*3*4', ['chatbot_app_user and 2*3*4']],
    ['marks with spaces', '2 * 3 * 4 and ~ 5 ~', ['2 * 3 * 4 and ~ 5 ~']],
    ['a mark that is not closed', '*bold', ['*bold']],
    ['a mark over two lines', '*bold\nnot*', ['*bold\nnot*']],
    ['doubled marks, which Slack does not know', '**bold**', ['**bold**']],
    ['code', '`/dr resolve` *now*', ['code(/dr resolve) bold(now)']],
    ['marks in code', '`*a* _b_`', ['code(*a* _b_)']],
    ['bold around code', '*run `x`*', ['bold(run code(x))']],
    ['code in a block', 'a\n```\nb *c*\n  d\n```\ne', ['a', 'preformatted[b *c*\n  d]', 'e']],
    ['two code blocks', '```a``` ```b```', ['preformatted[a]', 'preformatted[b]']],
    ['a fence that is not closed', '```a', ['```a']],
    ['a quote', 'a\n> b\n> c\nd', ['a', 'quote[b\nc]', 'd']],
    ['an escaped quote, as people type it', '&gt; b &gt; c', ['quote[b > c]']],
    ['a quote of all that follows', '>>> a\nb\n\nc', ['quote[a\nb\n\nc]']],
    ['a list as plain text', '• a\n• b', ['• a\n• b']],
    ['spaces as they are', 'a  b\n      c', ['a  b\n      c']],
    ['escapes', '&lt;@U1&gt; &amp;amp; &lt;b&gt; &quot;', ['<@U1> &amp; <b> &quot;']],
    ['a person', 'ask <@U0APPROVER> or <@U1|ada>', ['ask person(U0APPROVER) or person(U1|ada)']],
    ['a person in bold', '*<@U1> approved*', ['bold(person(U1) approved)']],
    ['channels', '<#C1|general> <#C2>', ['channel(C1|general) channel(C2)']],
    [
      'everybody',
      '<!here> <!channel> <!everyone|everyone>',
      ['broadcast(here) broadcast(channel) broadcast(everyone)'],
    ],
    ['a group', '<!subteam^S1|@sre>', ['group(S1|@sre)']],
    [
      'a link with words',
      '<https://example.com/?a=1&amp;b=2|the page &amp; more>',
      ['link(https://example.com/?a=1&b=2|the page & more)'],
    ],
    ['a link without words', '<https://example.com/x>', ['link(https://example.com/x|https://example.com/x)']],
    [
      'a mail address',
      '<mailto:a@example.com|Ada> <mailto:a@example.com>',
      ['link(mailto:a@example.com|Ada) link(mailto:a@example.com|a@example.com)'],
    ],
    [
      'an address in a sentence',
      'See https://example.com/a_b (now).',
      ['See link(https://example.com/a_b|https://example.com/a_b) (now).'],
    ],
    ['an address in brackets', '(https://example.com)', ['(link(https://example.com/|https://example.com))']],
    ['a link in code', '`<https://example.com|x>` `<@U1>`', ['code(link(https://example.com/|x)) code(<@U1>)']],
    [
      'a date',
      '<!date^1392734382^{date_num} {time_secs}|then>',
      ['date(2014-02-18T14:39:42.000Z|2014-02-18 14:39:42 UTC)'],
    ],
    ['a date that is none', '<!date^soon^{date_num}|then>', ['then']],
    ['a date out of all time', '<!date^99999999999999999^{date_num}|then>', ['then']],
    ['a date in an unknown form', '<!date^1392734382^{date_short_ish}|then>', ['then']],
    [
      'emoji by name',
      ':white_check_mark: :+1::skin-tone-4: :large_green_circle:',
      ['emoji(white_check_mark=✅) emoji(+1::skin-tone-4=👍🏽) emoji(large_green_circle=🟢)'],
    ],
    ['no emoji', ':no_such_thing: 12:20:36 UTC :100', [':no_such_thing: 12:20:36 UTC :100']],
    ['a time that is spelt like an emoji', '10:100:20', ['10:100:20']],
    ['typed emoji', '⛔ 1️⃣ 1 # 🏴‍☠️', ['⛔ 1️⃣ 1 # 🏴‍☠️']],
  ])('%s', (_name, text, expected) => {
    expect(parts(mrkdwnTree(text))).toEqual(expected);
  });

  it.each([
    ['a script address', '<javascript:alert(1)|press here>'],
    ['a script address in other letters', '<JaVaScRiPt:alert(1)|x>'],
    ['a data address', '<data:text/html,<script>alert(1)</script>|x>'],
    ['a script after a space', '< javascript:alert(1)|x>'],
    ['an unknown scheme', '<vbscript:x|x> <file:///etc/passwd|x>'],
    ['a tag', '<img src=x onerror=alert(1)>'],
    ['an address that is none', '<https://|x> <http:///|x>'],
    ['an open bracket', '<https://example.com|x'],
    ['a control character', '<java\u{0}script:alert(1)|x>'],
  ])('leaves %s as the text that it is', (_name, text) => {
    const tree = mrkdwnTree(text);

    expect(parts(tree)).toEqual([
      text.includes('https://example.com') ? '<link(https://example.com/|https://example.com)|x' : text,
    ]);
  });

  it('lets addresses alone that are to be read verbatim, but not links', () => {
    const tree = mrkdwnTree('https://example.com <https://example.com|x>', { verbatim: true });

    expect(parts(tree)).toEqual(['https://example.com link(https://example.com/|x)']);
  });

  it('never fails, loses no letter, and links nowhere else, whatever is written', () => {
    const pieces = fc.constantFrom(
      '*',
      '_',
      '~',
      '`',
      '```',
      '<',
      '>',
      '|',
      '&',
      'lt;',
      '@U1',
      'javascript:',
      'https://a.b',
      ':',
      '+1',
      '\n',
      ' ',
      'x',
      '🏴‍☠️',
      '&gt;',
    );
    fc.assert(
      fc.property(fc.array(pieces, { maxLength: 40 }), (list) => {
        const tree = mrkdwnTree(list.join(''));

        const addresses = [...JSON.stringify(tree).matchAll(/"url":"([^"]*)"/g)].map(([, url]) => url);
        const letters = (text: string) => text.split('x').length - 1;
        expect(addresses.filter((url) => !/^(https?:|mailto:)/.test(url ?? ''))).toEqual([]);
        expect(letters(parts(tree).join(''))).toBeGreaterThanOrEqual(letters(list.join('')));
      }),
    );
  });

  it('takes a moment for the worst text that Slack takes', () => {
    const texts = ['*a ', '`', '<', '_', '```', ':a', '&lt;', 'https://', '.', '> '].map((piece) =>
      piece.repeat(Math.floor(13_000 / piece.length)),
    );

    const start = performance.now();
    for (const text of texts) mrkdwnTree(text);

    expect(performance.now() - start).toBeLessThan(5000);
  });
});

describe('plain text', () => {
  it('knows nothing but emoji', () => {
    expect(written(plainTree('*a* <@U1> &lt; :tada:'))).toBe('*a* <@U1> &lt; emoji(tada=🎉)');
  });

  it('leaves shortcodes alone where they are not wanted', () => {
    expect(written(plainTree(':tada: 🎉', false))).toBe(':tada: 🎉');
  });
});

import { afterEach, describe, expect, it, jest } from '@jest/globals';
import { cleanup, screen, within } from '@testing-library/react';
import { actionsWith, draw, mrkdwn, plain } from './draw.tsx';

afterEach(cleanup);

const text = (words: string) => ({
  type: 'rich_text',
  elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: words }] }],
});

describe('what is read', () => {
  it('draws a section with its fields and its accessory', () => {
    draw([
      {
        type: 'section',
        block_id: 's',
        text: mrkdwn('*Waiting* for <@U0APPROVER> in <#C0GENERAL>'),
        fields: [mrkdwn('*RTO*\n15 min'), plain('RPO :tada:')],
        accessory: { type: 'button', action_id: 'go', text: plain('Go') },
      },
    ]);

    expect(screen.getByText('Waiting').tagName).toBe('B');
    expect(screen.getByText('@Ada Approver')).toBeTruthy();
    expect(screen.getByText('#general')).toBeTruthy();
    expect(screen.getByText('RTO')).toBeTruthy();
    expect(screen.getByRole('img', { name: 'tada' }).textContent).toBe('🎉');
    expect(screen.getByRole('button', { name: 'Go' })).toBeTruthy();
  });

  it('draws headers as headings below those of the page', () => {
    draw([
      { type: 'header', text: plain('INC-1 :warning:') },
      { type: 'header', text: plain('Steps'), level: 2 },
    ]);

    expect(screen.getByRole('heading', { level: 3 }).textContent).toBe('INC-1 ⚠️');
    expect(screen.getByRole('heading', { level: 4 }).textContent).toBe('Steps');
  });

  it('never makes HTML, scripts or odd links of what is written', () => {
    const hostile = '<img src=x onerror=alert(1)> <javascript:alert(1)|press> </div><script>alert(1)</script>';

    const { container } = draw([
      { type: 'section', text: mrkdwn(hostile) },
      { type: 'header', text: plain(hostile) },
      { type: 'context', elements: [mrkdwn(hostile)] },
      { type: 'markdown', text: `${hostile}\n\n[press](javascript:alert(1)) ![x](data:text/html,x) <b>b</b>` },
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'link', url: 'javascript:alert(1)', text: 'press' },
              { type: 'color', value: 'red;background:url(//x)' },
            ],
          },
        ],
      },
      {
        type: 'task_card',
        task_id: 't',
        title: hostile,
        sources: [{ type: 'url', url: 'javascript:alert(1)', text: 'source' }],
      },
      actionsWith({ type: 'button', action_id: 'a', text: plain('Odd'), url: 'javascript:alert(1)' }),
      { type: 'image', image_url: 'javascript:alert(1)', alt_text: 'x' },
    ]);

    expect(container.querySelectorAll('script, a, img, [style]')).toHaveLength(0);
    expect(screen.getAllByText(/<img src=x onerror=alert\(1\)>/).length).toBeGreaterThanOrEqual(4);
  });

  it('opens links beside the page, and tells them nothing of it', () => {
    draw([{ type: 'section', text: mrkdwn('<https://example.com/a|the page>') }]);

    const link = screen.getByRole('link', { name: 'the page' });
    expect(link.getAttribute('href')).toBe('https://example.com/a');
    expect(link.getAttribute('rel')).toBe('noreferrer noopener');
    expect(link.getAttribute('target')).toBe('_blank');
  });

  it('draws every part of rich text', () => {
    const { container } = draw([
      {
        type: 'rich_text',
        elements: [
          {
            type: 'rich_text_section',
            elements: [
              { type: 'text', text: 'bold', style: { bold: true } },
              {
                type: 'text',
                text: 'all',
                style: { italic: true, strike: true, code: true, underline: true, highlight: true },
              },
              { type: 'link', url: 'https://example.com', text: 'link' },
              { type: 'user', user_id: 'U0REQUESTER' },
              { type: 'channel', channel_id: 'C0GENERAL' },
              { type: 'broadcast', range: 'here' },
              { type: 'usergroup', usergroup_id: 'S1' },
              { type: 'emoji', name: 'rotating_light' },
              { type: 'emoji', name: 'ours', unicode: '1f44b-1f3fb' },
              { type: 'emoji', name: 'nobody_knows' },
              { type: 'color', value: '#1264a3' },
              { type: 'date', timestamp: 1392734382, format: '{date_num} {time}' },
            ],
          },
          {
            type: 'rich_text_list',
            style: 'ordered',
            indent: 1,
            offset: 2,
            elements: [{ type: 'rich_text_section', elements: [{ type: 'text', text: 'third' }] }],
          },
          { type: 'rich_text_quote', elements: [{ type: 'text', text: 'quoted' }] },
          { type: 'rich_text_preformatted', elements: [{ type: 'text', text: 'SELECT 1;\n  -- two' }] },
        ],
      },
    ]);

    expect(screen.getByText('bold').tagName).toBe('B');
    expect(container.querySelector('mark > i > s > u > code')?.textContent).toBe('all');
    expect(container.textContent).toContain(
      '@Robin Requester#general@here@S1🚨👋🏻:nobody_knows:#1264a32014-02-18 14:39 UTC',
    );
    expect(container.querySelector('ol')?.getAttribute('start')).toBe('3');
    expect(container.querySelector('blockquote')?.textContent).toBe('quoted');
    expect(container.querySelector('pre')?.textContent).toBe('SELECT 1;\n  -- two');
  });

  it('draws a table with its head', () => {
    draw([
      {
        type: 'table',
        column_settings: [null, { align: 'right', is_wrapped: true }],
        rows: [
          [
            { type: 'raw_text', text: 'Step' },
            { type: 'raw_text', text: 'Took' },
          ],
          [text('Promote'), { type: 'raw_number', value: 12, text: '12 s' }],
        ],
      },
    ]);

    const table = within(screen.getByRole('table'));
    expect(table.getAllByRole('columnheader').map((cell) => cell.textContent)).toEqual(['Step', 'Took']);
    expect(table.getAllByRole('cell').map((cell) => cell.textContent)).toEqual(['Promote', '12 s']);
    expect(table.getByText('12 s').closest('td')?.dataset).toMatchObject({ align: 'right', wrapped: 'true' });
  });

  it('draws standard Markdown', () => {
    const { container } = draw([
      {
        type: 'markdown',
        text: '# Title\n\nA **bold** `code &lt;` &amp; [link](https://example.com) a_b :tada:\n\n- [x] done\n- [ ] open\n\n3. three\n\n> quote\n\n```sql\nSELECT <1>;\n```\n\n---\n\n| a | b |\n|---|--:|\n| 1 | 2 |',
      },
    ]);

    expect(screen.getByRole('heading', { name: 'Title' })).toBeTruthy();
    expect(screen.getByText('bold').tagName).toBe('B');
    expect(container.querySelector('code')?.textContent).toBe('code &lt;');
    expect(container.querySelector('p')?.textContent).toBe('A bold code &lt; & link a_b 🎉');
    expect(screen.getAllByRole<HTMLInputElement>('checkbox').map(({ checked }) => checked)).toEqual([true, false]);
    expect(container.querySelector('ol')?.getAttribute('start')).toBe('3');
    expect(container.querySelector('pre')?.textContent).toBe('SELECT <1>;');
    expect(container.querySelector('hr')).toBeTruthy();
    expect(screen.getByText('2').closest('td')?.dataset.align).toBe('right');
  });

  it('shows pictures of its own only, and says what the others show', () => {
    draw([
      { type: 'image', image_url: 'https://example.com/x.png', alt_text: 'a graph', title: plain('Lag') },
      { type: 'image', image_url: 'data:image/png;base64,AA==', alt_text: 'our graph' },
    ]);

    expect(screen.getByText('Lag')).toBeTruthy();
    expect(screen.getByRole('link', { name: 'Image: a graph (example.com)' })).toBeTruthy();
    expect(screen.getByRole('img', { name: 'our graph' }).getAttribute('src')).toBe('data:image/png;base64,AA==');
  });
});

describe('a plan', () => {
  const task = (task_id: string, status: string, more: object = {}) => ({
    type: 'task_card',
    task_id,
    title: `Task ${task_id}`,
    status,
    ...more,
  });

  it('says each status in a word, and opens what runs or failed', () => {
    draw([
      {
        type: 'plan',
        title: 'Data recovery',
        tasks: [
          task('1', 'complete', { details: text('took 12 s') }),
          task('2', 'in_progress', { details: text('70 %') }),
          task('3', 'error', {
            output: text('refused'),
            sources: [{ type: 'url', url: 'https://example.com', text: 'log' }],
          }),
          task('4', 'pending'),
        ],
      },
    ]);

    const words = screen.getAllByRole('listitem').slice(0, 3);
    expect(screen.getAllByRole('img').map((sign) => sign.getAttribute('aria-label'))).toEqual([
      'failed',
      'done',
      'in progress',
      'failed',
      'not started',
    ]);
    expect(words[0]?.querySelector('[hidden]')?.textContent).toBe('took 12 s');
    expect(screen.getByRole('button', { name: /Task 2/ }).getAttribute('aria-expanded')).toBe('true');
    expect(screen.getByRole('button', { name: /Task 3/ }).getAttribute('aria-expanded')).toBe('true');
    expect(screen.getByRole('link', { name: 'log' })).toBeTruthy();
    expect(screen.queryByRole('button', { name: /Task 4/ })).toBeNull();
  });

  it('folds and unfolds, and counts what is done while it is folded', async () => {
    const { user } = draw([{ type: 'plan', title: 'Traffic', tasks: [task('1', 'complete'), task('2', 'pending')] }]);
    const title = screen.getByRole('button', { name: /Traffic/ });

    await user.click(title);

    expect(title.getAttribute('aria-expanded')).toBe('false');
    expect(title.textContent).toContain('1 of 2');
    expect(screen.queryByRole('list')).toBeNull();
    await user.click(title);
    expect(screen.getByRole('list')).toBeTruthy();
  });

  it('follows the status of a task until somebody opens or closes it', async () => {
    const plan = (status: string) => [
      { type: 'plan', title: 'P', block_id: 'p', tasks: [task('1', status, { details: text('more') })] },
    ];
    const { user, update } = draw(plan('in_progress'));
    const isOpen = () => screen.getByRole('button', { name: /Task 1/ }).getAttribute('aria-expanded');

    update(plan('complete'));
    const followed = isOpen();
    await user.click(screen.getByRole('button', { name: /Task 1/ }));
    update(plan('pending'));

    expect(followed).toBe('false');
    expect(isOpen()).toBe('true');
  });
});

describe('what cannot be drawn', () => {
  it('names an unknown block, with the text in it', () => {
    draw([{ type: 'hologram', text: plain('Behold'), parts: [{ alt_text: 'a beam' }] }]);

    expect(screen.getByText('cannot be shown here: hologram')).toBeTruthy();
    expect(screen.getByText('Behold · a beam')).toBeTruthy();
  });

  it('names an unknown element beside those that it knows', () => {
    draw([
      actionsWith({ type: 'lever', text: plain('Pull') }, { type: 'button', action_id: 'a', text: plain('Press') }),
    ]);

    expect(screen.getByText('cannot be shown here: lever')).toBeTruthy();
    expect(screen.getByRole('button', { name: 'Press' })).toBeTruthy();
  });

  it('names a block that is not formed as its type says, and draws the others', () => {
    const silent = jest.spyOn(console, 'error').mockImplementation(() => undefined);

    const { update } = draw([
      { type: 'context', block_id: 'c', elements: 7 },
      { type: 'section', text: mrkdwn('still here') },
    ]);

    expect(screen.getByText('cannot be shown here: context')).toBeTruthy();
    expect(screen.getByText('still here')).toBeTruthy();
    update([{ type: 'context', block_id: 'c', elements: [mrkdwn('mended')] }]);
    expect(screen.getByText('mended')).toBeTruthy();
    silent.mockRestore();
  });
});

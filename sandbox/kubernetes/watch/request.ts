import { badRequest } from '../status.ts';
import type { Watch } from './stream.ts';

/** Machine seconds that a watch lasts when the client does not say. */
const DEFAULT_TIMEOUT = 30 * 60;

type Asked = Pick<Watch, 'from' | 'marksInitial' | 'bookmarks' | 'timeout'>;

/** What the parameters of a watch ask for, besides the selection; throws 400 where they cannot be read. */
export function readWatch(query: URLSearchParams): Asked {
  const version = query.get('resourceVersion') ?? '';
  if (!/^\d*$/.test(version)) throw badRequest(`invalid resource version "${version}"`);
  const seconds = Number(query.get('timeoutSeconds') || DEFAULT_TIMEOUT);
  if (!Number.isFinite(seconds) || seconds < 0) throw badRequest('invalid timeoutSeconds');
  const marksInitial = query.get('sendInitialEvents') === 'true';
  const fromNow = version === '' || version === '0' || marksInitial;
  return {
    from: fromNow ? undefined : Number(version),
    marksInitial,
    bookmarks: query.get('allowWatchBookmarks') === 'true' || query.get('allowWatchBookmarks') === '1',
    timeout: Math.min(seconds, 86_400) * 1000,
  };
}

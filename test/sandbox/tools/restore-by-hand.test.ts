import { afterAll, beforeAll, expect, it } from '@jest/globals';
import { system } from '../kubernetes/world.ts';
import { isInstalled, startToolWorld, type ToolWorld } from './world.ts';

const PRIMARY = system.database.primary.instance;
let world: ToolWorld;
beforeAll(async () => {
  world = await startToolWorld();
});
afterAll(() => world.close());

/**
 * The document's commands, with what they lack: a dump's owner must be able to create tables in the new database, and what
 * belongs to extensions is left out, since only their owner may comment on them or grant their functions.
 */
const withTools = ['aws', 'psql', 'gunzip'].every(isInstalled) ? it : it.skip;

withTools('the nightly dump is restored by hand, counted, and takes the place of the damaged database', async () => {
  const { bucket = '', prefix = '' } = system.backups ?? {};
  const psql = (database: string, sql: string) =>
    `psql 'service=${PRIMARY} dbname=${database}' -v ON_ERROR_STOP=1 -Atqc "${sql}"`;
  const counts =
    'SELECT (SELECT count(*) FROM users) > 390, (SELECT count(*) FROM chat_sessions) > 800, (SELECT count(*) FROM messages) > 2800';
  const lines = [
    `key=$(aws s3 ls s3://${bucket}/${prefix} --recursive --region us-west-2 | sort | tail -1 | awk '{ print $4 }')`,
    `aws s3 cp --quiet "s3://${bucket}/$key" "$TMPDIR/dump.sql.gz" --region us-west-2`,
    psql('postgres', 'CREATE DATABASE chatbot_restore'),
    psql('chatbot_restore', 'GRANT CREATE ON SCHEMA public TO chatbot_app'),
    `gunzip -c "$TMPDIR/dump.sql.gz" | sed -E '/^(COMMENT ON EXTENSION|GRANT ALL ON FUNCTION) /d' | psql 'service=${PRIMARY} dbname=chatbot_restore' -v ON_ERROR_STOP=1 -q > /dev/null`,
    psql('chatbot_restore', "SELECT bt_index_check('users_email_key', true, true)"),
    psql('postgres', 'ALTER DATABASE chatbot RENAME TO chatbot_corrupted'),
    psql('postgres', 'ALTER DATABASE chatbot_restore RENAME TO chatbot'),
    psql('chatbot', counts),
  ];

  const { status, stdout, stderr } = await world.run(
    `export TMPDIR=$(mktemp -d); set -e; ${lines.join('; ')}; rm -r "$TMPDIR"`,
  );

  expect({ status, stderr }).toEqual({ status: 0, stderr: '' });
  expect(stdout.trim().split('\n').at(-1)).toBe('t|t|t');
});

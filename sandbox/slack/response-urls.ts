import type { FastifyInstance } from 'fastify';
import { z } from 'zod';
import { APP } from './app.ts';
import type { Interfere } from './interference.ts';
import { content, readBlocks, readMetadata, readText } from './methods/content.ts';
import { flag, Refusal } from './methods/method.ts';
import type { Block, Ephemeral, Message, MessageMetadata, ResponseUrl } from './state.ts';
import { hang } from './web-api.ts';
import type { Workspace } from './workspace.ts';

const Answer = z.object({
  ...content,
  response_type: z.enum(['ephemeral', 'in_channel']).default('ephemeral'),
  replace_original: flag.default(false),
  delete_original: flag.default(false),
  thread_ts: z.string().optional(),
});
type Answer = z.infer<typeof Answer>;

/** The URLs that interactions are answered through: five times, within 30 minutes (machine time). */
export function serveResponseUrls(app: FastifyInstance, workspace: Workspace, interfere: Interfere): void {
  for (const kind of ['commands', 'actions']) {
    app.post(`/${kind}/:team/:id/:token`, async (request, reply) => {
      const body = typeof request.body === 'object' && request.body !== null ? { ...request.body } : {};
      const interference = interfere({ method: 'response_url', args: body });
      if (interference?.kind === 'hang') return hang(reply);
      if (interference?.kind === 'status') return reply.code(interference.status).send('');
      if (interference?.kind === 'refuse') return reply.code(400).send({ ok: false, error: interference.error });
      const entry = workspace.state.responseUrls[request.url];
      if (!entry) return reply.code(404).send('no_service');
      if (entry.expiresAt < Date.now()) return reply.code(404).send({ ok: false, error: 'expired_url' });
      if (entry.usesLeft === 0) return reply.code(404).send({ ok: false, error: 'used_url' });
      const answer = Answer.safeParse(body);
      if (!answer.success) return reply.code(400).send({ ok: false, error: 'invalid_payload' });
      try {
        respond(workspace, entry, answer.data);
      } catch (error) {
        if (error instanceof Refusal) return reply.code(400).send({ ok: false, error: error.error, ...error.details });
        throw error;
      }
      entry.usesLeft -= 1;
      return { ok: true };
    });
  }
}

interface Content {
  text: string;
  blocks: Block[] | undefined;
  metadata: MessageMetadata | undefined;
}

function respond(workspace: Workspace, { channel, user, original }: ResponseUrl, answer: Answer): void {
  if (answer.delete_original) {
    if (original) deleteOriginal(workspace, channel, user, original);
    return;
  }
  const blocks = readBlocks(answer.blocks);
  const said = { text: readText(answer.text), blocks, metadata: readMetadata(answer.metadata) ?? undefined };
  if (!answer.text && !blocks?.length && answer.attachments === undefined) throw new Refusal('no_text');
  if (answer.replace_original && original && replaceOriginal(workspace, channel, user, original, said)) return;
  const draft = {
    channel,
    user: APP.botUserId,
    botId: APP.botId,
    text: said.text,
    ...(blocks?.length && { blocks }),
    ...(answer.thread_ts !== undefined && { threadTs: answer.thread_ts }),
  };
  if (answer.response_type === 'in_channel') workspace.post(draft);
  else workspace.whisper({ ...draft, to: user });
}

function deleteOriginal(
  workspace: Workspace,
  channel: string,
  user: string,
  { ts, ephemeral }: NonNullable<ResponseUrl['original']>,
): void {
  const whisper = ephemeral ? workspace.ephemeral(channel, user, ts) : undefined;
  const message = workspace.message(channel, ts);
  if (whisper) workspace.removeEphemeral(whisper);
  else if (message) workspace.remove(message);
}

/** False when the original is gone. Its visibility stays as it was, whatever the answer asks for. */
function replaceOriginal(
  workspace: Workspace,
  channel: string,
  user: string,
  { ts, ephemeral }: NonNullable<ResponseUrl['original']>,
  said: Content,
): boolean {
  if (ephemeral) {
    const whisper = workspace.ephemeral(channel, user, ts);
    if (!whisper) return false;
    rewrite(whisper, said);
    workspace.ephemeralChanged(whisper);
    return true;
  }
  const message = workspace.message(channel, ts);
  if (!message) return false;
  rewrite(message, said);
  workspace.changed(message);
  return true;
}

function rewrite(message: Message | Ephemeral, { text, blocks, metadata }: Content): void {
  message.text = text;
  if (blocks?.length) message.blocks = blocks;
  else delete message.blocks;
  if (metadata) message.metadata = metadata;
}

/** What a command answers to the person who asked; Slack and the terminal each render it their way. */
export interface Reply {
  /** `refused`: a person has to do something else; `failed`: Lifeboat or what it needs did not work. */
  tone: 'info' | 'done' | 'refused' | 'failed';
  /** What happened: whole sentences. People stand in it as `<@U…>`; everything else is plain text. */
  text: string;
  /** One line each, plain text: an overview, a list. */
  lines?: string[];
  /** Of a failure: what was not done, what to do next, and the id to report it under where somebody has to. */
  problem?: { notDone: string; next?: string; id?: string };
  buttons?: ReplyButton[];
}

/** A button that sends a verb with its arguments into the dispatcher. */
export interface ReplyButton {
  label: string;
  verb: string;
  /** The arguments as they would be typed. */
  value: string;
  style?: 'primary' | 'danger';
}

export const info = (text: string, more: Partial<Reply> = {}): Reply => ({ tone: 'info', text, ...more });
export const done = (text: string, more: Partial<Reply> = {}): Reply => ({ tone: 'done', text, ...more });

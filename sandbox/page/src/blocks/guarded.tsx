import { Component, type ReactNode } from 'react';
import type { Block } from '../../../slack/state.ts';
import { CannotBeShown } from './cannot-be-shown.tsx';

interface GuardedProps {
  block: Block;
  children: ReactNode;
}

/** A block that is not formed as its type says must not take the rest of the page with it. */
export class Guarded extends Component<GuardedProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  /** An update of the message gets a new chance. */
  override componentDidUpdate(previous: GuardedProps): void {
    if (this.state.failed && previous.block !== this.props.block) this.setState({ failed: false });
  }

  override render(): ReactNode {
    return this.state.failed ? <CannotBeShown block={this.props.block} /> : this.props.children;
  }
}

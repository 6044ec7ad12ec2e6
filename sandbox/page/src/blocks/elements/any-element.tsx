import type { Block } from '../../../../slack/state.ts';
import type { Element } from '../block-kit.ts';
import { CannotBeShown } from '../cannot-be-shown.tsx';
import { ButtonElement } from './button.tsx';
import { ChoicesElement } from './choices.tsx';
import { DateElement } from './date.tsx';
import { MultiSelectElement } from './multi-select.tsx';
import { OverflowElement } from './overflow.tsx';
import { SelectElement } from './select.tsx';
import { TextInputElement } from './text-input.tsx';

/** How an input block ties its label, hint and error to the element. */
export interface Wiring {
  id: string;
  describedBy: string | undefined;
  isInvalid: boolean;
  isOptional: boolean;
  /** Whether a change is sent to the app at once. */
  dispatches: boolean;
}

interface AnyElementProps {
  element: Element;
  blockId: string;
  /** Says what the element is about where no label of its own does. */
  label?: string;
  /** Inside an input block. */
  wiring?: Wiring;
}

/** One interactive element, by its type. */
export function AnyElement({ element, blockId, label = '', wiring }: AnyElementProps) {
  switch (element.type) {
    case 'button':
      return <ButtonElement button={element} blockId={blockId} />;
    case 'overflow':
      return <OverflowElement overflow={element} blockId={blockId} />;
    case 'static_select':
    case 'users_select':
    case 'conversations_select':
    case 'channels_select':
      return <SelectElement select={element} blockId={blockId} label={label} wiring={wiring} />;
    case 'multi_static_select':
    case 'multi_users_select':
    case 'multi_conversations_select':
    case 'multi_channels_select':
      return <MultiSelectElement select={element} blockId={blockId} label={label} wiring={wiring} />;
    case 'checkboxes':
    case 'radio_buttons':
      return <ChoicesElement choices={element} blockId={blockId} label={label} wiring={wiring} />;
    case 'datepicker':
    case 'timepicker':
    case 'datetimepicker':
      return <DateElement element={element} blockId={blockId} label={label} wiring={wiring} />;
    case 'plain_text_input':
    case 'number_input':
    case 'email_text_input':
    case 'url_text_input':
      return <TextInputElement input={element} blockId={blockId} label={label} wiring={wiring} />;
    default:
      return <CannotBeShown block={element as Block} />;
  }
}

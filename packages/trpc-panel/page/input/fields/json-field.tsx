import { useState } from 'react';
import { JsonEditor, parseJson, writeJson } from '../json-editor.js';
import { nameOf, type Props } from './form-context.js';

/** Any JSON, written as such: the schema says nothing of its shape. */
export const JsonField = ({ formData, onChange, fieldPathId, registry }: Props) => {
  const id = fieldPathId.$id;
  const [text, setText] = useState(() => writeJson(formData));
  const change = (next: string) => {
    setText(next);
    const parsed = parseJson(next);
    registry.formContext.onSyntax(id, 'fault' in parsed ? parsed.fault : undefined);
    if ('value' in parsed) onChange(parsed.value, fieldPathId.path);
  };
  return <JsonEditor text={text} label={`${nameOf(id)}, as JSON`} onChange={change} />;
};

import type {
  ArrayFieldItemTemplateProps,
  ArrayFieldTemplateProps,
  CyclicSchemaExpandProps,
  FieldErrorProps,
  FieldTemplateProps,
  ObjectFieldTemplateProps,
  OptionalDataControlsTemplateProps,
  TemplatesType,
  WrapIfAdditionalTemplateProps,
} from '@rjsf/utils';
import { ADDITIONAL_PROPERTY_FLAG, canExpand } from '@rjsf/utils';
import type { ReactNode } from 'react';
import { fieldKind } from '../../schema/field-kind.js';
import { type JsonSchema, resolve } from '../../schema/resolve.js';
import { constraintWords } from '../../schema/words.js';
import { type FormContext, nameOf } from './form-context.js';

type Schema = Record<string, unknown>;
type WithContext<Base> = Base & {
  readonly registry: { readonly formContext: FormContext; readonly rootSchema: Schema };
};

const lastName = (id: string): string => nameOf(id).split('.').at(-1) ?? '';

interface WordsProps {
  readonly id: string;
  readonly schema: JsonSchema;
  readonly description: string | undefined;
}

const Words = ({ id, schema, description }: WordsProps) => {
  const words = constraintWords(schema);
  return (
    <span id={`${id}__words`} className="words">
      {[description, ...words].filter((word) => word !== undefined && word !== '').join(' · ')}
    </span>
  );
};

const Permission = ({ id, context }: { readonly id: string; readonly context: FormContext }) => {
  const permission = context.fieldPermissions[nameOf(id)];
  if (permission === undefined) return null;
  const isLacking = context.permissions !== undefined && !context.permissions.includes(permission);
  return <span className={isLacking ? 'tag lacking' : 'tag'}>needs {permission}</span>;
};

const FieldTemplate = (props: WithContext<FieldTemplateProps<unknown, Schema, FormContext>>) => {
  const { id, label, children, errors, required, schema, registry, uiSchema, hidden } = props;
  if (hidden) return <div hidden>{children}</div>;
  const root = registry.rootSchema as JsonSchema;
  const kind = fieldKind(schema as JsonSchema, root);
  const { WrapIfAdditionalTemplate } = props.registry.templates;
  const isLabelled = kind.kind !== 'structure' && kind.kind !== 'tuple' && uiSchema?.['ui:label'] !== false;
  const resolved = resolve(schema as JsonSchema, root);
  const said = kind.kind === 'scalar' ? kind.schema : resolved;
  const text = label || lastName(id);
  const name = (
    <>
      {text}
      {required && (
        <span className="required" title="needed">
          {' '}
          *
        </span>
      )}
    </>
  );
  return (
    <WrapIfAdditionalTemplate {...props}>
      <div className={`field field-${kind.kind}`}>
        {isLabelled && (
          <div className="field-head">
            {kind.kind === 'json' ? (
              <span className="label">{name}</span>
            ) : (
              <label htmlFor={kind.kind === 'union' ? `${id}__kind` : id}>{name}</label>
            )}
            {resolved.deprecated && <span className="tag">deprecated</span>}
            <Permission id={id} context={registry.formContext} />
            <Words id={id} schema={said} description={said.description} />
          </div>
        )}
        {children}
        {errors}
      </div>
    </WrapIfAdditionalTemplate>
  );
};

const FieldErrorTemplate = ({ errors = [], fieldPathId }: FieldErrorProps) =>
  errors.length === 0 ? null : (
    <ul id={`${fieldPathId.$id}__errors`} className="errors">
      {[...new Set(errors.map(String))].map((error) => (
        <li key={error}>{error}</li>
      ))}
    </ul>
  );

interface GroupProps {
  /** The props that templates of objects and of lists have in common. */
  readonly of: Pick<
    ObjectFieldTemplateProps<unknown, Schema, FormContext>,
    'fieldPathId' | 'uiSchema' | 'required' | 'optionalDataControl'
  > & { readonly schema: object };
  /** What can be added, and how; absent where nothing can. */
  readonly add: { readonly what: 'item' | 'entry'; onClick(): void } | undefined;
  readonly children: ReactNode;
}

const Group = ({ of, add, children }: GroupProps) => {
  const id = of.fieldPathId.$id;
  const schema = of.schema as JsonSchema;
  const content = (
    <>
      {children}
      {add && (
        <button type="button" className="add" onClick={() => add.onClick()}>
          + {add.what} of {nameOf(id)}
        </button>
      )}
    </>
  );
  if (id === 'input' || of.uiSchema?.['ui:label'] === false) return <div className="fields">{content}</div>;
  return (
    <fieldset id={id}>
      <legend>
        <div className="field-head">
          <span className="label">
            {schema.title ?? lastName(id)}
            {of.required && <span className="required"> *</span>}
          </span>
          {of.optionalDataControl}
          <Words id={id} schema={schema} description={schema.description} />
        </div>
      </legend>
      {content}
    </fieldset>
  );
};

const ObjectFieldTemplate = (props: ObjectFieldTemplateProps<unknown, Schema, FormContext>) => {
  const { schema, uiSchema, formData, properties, required, onAddProperty } = props;
  const isSent = required || formData !== undefined;
  const isOpen = isSent && canExpand(schema, uiSchema, formData as Schema);
  return (
    <Group of={props} add={isOpen ? { what: 'entry', onClick: onAddProperty } : undefined}>
      {properties.map(({ content }) => content)}
    </Group>
  );
};

const ArrayFieldTemplate = (props: ArrayFieldTemplateProps<unknown, Schema, FormContext>) => {
  const { items, canAdd, onAddClick } = props;
  return (
    <Group of={props} add={canAdd ? { what: 'item', onClick: onAddClick } : undefined}>
      {items}
    </Group>
  );
};

const ArrayFieldItemTemplate = (props: ArrayFieldItemTemplateProps<unknown, Schema, FormContext>) => {
  const { children, buttonsProps, hasToolbar, index } = props;
  const { hasMoveUp, hasMoveDown, hasRemove, onMoveUpItem, onMoveDownItem, onRemoveItem, fieldPathId } = buttonsProps;
  const name = nameOf(fieldPathId.$id);
  return (
    <div className="item" data-index={index}>
      <div className="item-content">{children}</div>
      {hasToolbar && (
        <div className="item-tools">
          {hasMoveUp && (
            <button type="button" className="quiet" aria-label={`Move ${name} up`} onClick={onMoveUpItem}>
              ↑
            </button>
          )}
          {hasMoveDown && (
            <button type="button" className="quiet" aria-label={`Move ${name} down`} onClick={onMoveDownItem}>
              ↓
            </button>
          )}
          {hasRemove && (
            <button type="button" className="quiet" aria-label={`Remove ${name}`} onClick={onRemoveItem}>
              ✕
            </button>
          )}
        </div>
      )}
    </div>
  );
};

const WrapIfAdditionalTemplate = (props: WrapIfAdditionalTemplateProps<unknown, Schema, FormContext>) => {
  const { id, label, schema, children, onKeyRenameBlur, onRemoveProperty } = props;
  if (!(ADDITIONAL_PROPERTY_FLAG in schema)) return children;
  return (
    <div className="entry">
      <input
        key={label}
        type="text"
        className="entry-name"
        aria-label={`Name of ${nameOf(id)}`}
        defaultValue={label}
        onBlur={onKeyRenameBlur}
        spellCheck={false}
      />
      <div className="item-content">{children}</div>
      <button type="button" className="quiet" aria-label={`Remove ${nameOf(id)}`} onClick={onRemoveProperty}>
        ✕
      </button>
    </div>
  );
};

const OptionalDataControlsTemplate = ({ id, onAddClick, onRemoveClick }: OptionalDataControlsTemplateProps) => {
  const name = nameOf(id.replace(/__optional.*$/, ''));
  const text = onAddClick ? 'add' : 'not sent';
  return (
    <button
      type="button"
      className="chip"
      aria-label={onAddClick ? `Add ${name}` : `Do not send ${name}`}
      title={onAddClick ? 'not sent: add it' : 'do not send it'}
      onClick={onAddClick ?? onRemoveClick}
    >
      {onAddClick ? `+ ${text}` : '✕'}
    </button>
  );
};

const CyclicSchemaExpandTemplate = ({ name, fieldPathId, onExpand }: CyclicSchemaExpandProps) => (
  <button type="button" className="add" onClick={() => onExpand(fieldPathId.$id)}>
    + {name}
  </button>
);

/** How the library's fields look here. */
export const templates = {
  FieldTemplate,
  FieldErrorTemplate,
  ObjectFieldTemplate,
  ArrayFieldTemplate,
  ArrayFieldItemTemplate,
  WrapIfAdditionalTemplate,
  OptionalDataControlsTemplate,
  CyclicSchemaExpandTemplate,
} as unknown as Partial<TemplatesType>;

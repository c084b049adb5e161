import CoreForm from '@rjsf/core/lib/components/Form.js';
import getDefaultRegistry from '@rjsf/core/lib/getDefaultRegistry.js';
import {
  createSchemaUtils,
  type ErrorSchema,
  englishStringTranslator,
  TranslatableString,
  type ValidatorType,
} from '@rjsf/utils';
import { useMemo } from 'react';
import { isObject, type JsonSchema } from '../schema/resolve.js';
import { type Issue, isValid } from '../schema/validate.js';
import type { FormContext } from './fields/form-context.js';
import { SchemaField } from './fields/schema-field.js';
import { templates } from './fields/templates.js';
import { toFormSchema } from './form-schema.js';

/** Faults are found before the form is shown; here the library asks only which alternative a value is of. */
const validator: ValidatorType = {
  isValid: (schema, value, root) => isValid(schema as JsonSchema, value, root as JsonSchema),
  validateFormData: () => ({ errors: [], errorSchema: {} }),
  rawValidation: () => ({ errors: [] }),
};

const fields = { ...getDefaultRegistry().fields, SchemaField: SchemaField as never };

const behaviour = {
  emptyObjectFields: 'skipEmptyDefaults',
  arrayMinItems: { populate: 'never' },
  allOf: 'populateDefaults',
} as const;

/** What the library says by itself: new texts are empty. */
const translate = (text: TranslatableString, parameters?: string[]): string =>
  text === TranslatableString.NewStringDefault ? '' : englishStringTranslator(text, parameters);

const toErrorSchema = (issues: readonly Issue[]): ErrorSchema => {
  const root: Record<string, unknown> = {};
  for (const { path, message } of issues) {
    let place = root;
    for (const key of path) {
      const child = place[key];
      place[key] = isObject(child) ? child : {};
      place = place[key] as Record<string, unknown>;
    }
    const errors = (place['__errors'] as string[] | undefined) ?? [];
    place['__errors'] = [...errors, message];
  }
  return root as ErrorSchema;
};

interface SchemaFormProps {
  readonly schema: JsonSchema;
  readonly value: unknown;
  readonly issues: readonly Issue[];
  readonly context: FormContext;
  onChange(value: unknown): void;
}

/** A form made of a JSON Schema. */
export const SchemaForm = ({ schema, value, issues, context, onChange }: SchemaFormProps) => {
  const errors = useMemo(() => toErrorSchema(issues), [issues]);
  const formSchema = useMemo(() => toFormSchema(schema), [schema]);
  return (
    <CoreForm
      tagName="div"
      idPrefix="input"
      idSeparator="."
      schema={formSchema as never}
      formData={value}
      validator={validator}
      fields={fields as never}
      templates={templates as never}
      formContext={context}
      uiSchema={{
        'ui:submitButtonOptions': { norender: true },
        'ui:enableOptionalDataFieldForType': [],
        'ui:globalOptions': { enableOptionalDataFieldForType: ['object', 'array'] },
      }}
      experimental_defaultFormStateBehavior={behaviour}
      extraErrors={errors}
      translateString={translate}
      showErrorList={false}
      noHtml5Validate
      noValidate
      onChange={({ formData }) => onChange(formData)}
    />
  );
};

/** What a form begins with: what is given, and the defaults of the schema. */
export const beginWith = (schema: JsonSchema, given: unknown): unknown => {
  const formSchema = toFormSchema(schema) as never;
  return createSchemaUtils(validator, formSchema, behaviour).getDefaultFormState(formSchema, given as never);
};

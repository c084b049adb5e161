import getDefaultRegistry from '@rjsf/core/lib/getDefaultRegistry.js';
import type { ComponentType } from 'react';
import type { Props } from './form-context.js';

const registry = getDefaultRegistry();

/** The library's own field for a schema. */
export const fields = { SchemaField: registry.fields['SchemaField'] as unknown as ComponentType<Props> };

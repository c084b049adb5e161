export {
  createFakeBff,
  type FakeBff,
  type FakeCall,
  FakeError,
  type FakeErrorFacts,
  type FakeProcedures,
} from './fake-bff.js';

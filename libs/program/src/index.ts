export { listen, ListenError } from './listen.js';
export { drainOnSignals, runProgram } from './program.js';

/**
 * Scripts and functions in a node.
 *
 * <pre>
 *   EvalCommands, ScriptCommands, FunctionCommands     the commands
 *     Scripting                                        all of it, one for a node
 *       ScriptCache                                    scripts by digest, bounded
 *       LoopScripts (one for an event loop)            its interpreter, and what it has compiled
 *       Functions                                      libraries; one interpreter for all loops
 *       ScriptRun                                      one script while it runs: what it may do
 * </pre>
 *
 * <p>Scripts of different event loops run side by side, each in an interpreter of its own: they
 * share nothing but data, which the stripes guard. Functions may keep variables between calls, so
 * they share one interpreter, and one call has it at a time.
 */
package io.ferrite.node.script;

package io.ferrite.node;

import io.ferrite.coordination.log.CommandLog;
import io.ferrite.memory.SlabGroup;
import io.ferrite.node.config.ConfigService;
import io.ferrite.node.config.Settings;
import io.ferrite.node.log.Log;
import io.ferrite.store.Keyspace;

/**
 * What a {@link Node} is made of, besides what it makes itself.
 *
 * @param memory the group that the keyspace's and all other slabs belong to: used_memory
 * @param commandLog the stream of effects
 */
public record NodeParts(
        Environment environment,
        ProcessFacts process,
        Settings settings,
        ConfigService config,
        Log log,
        SlabGroup memory,
        Keyspace keyspace,
        CommandLog commandLog) {}

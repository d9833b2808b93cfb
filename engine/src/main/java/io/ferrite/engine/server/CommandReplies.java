package io.ferrite.engine.server;

import io.ferrite.engine.CommandTable;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.resp.ReplyWriter;
import io.ferrite.spec.AclCategory;
import io.ferrite.spec.ArgumentSpec;
import io.ferrite.spec.CommandDocs;
import io.ferrite.spec.CommandFlag;
import io.ferrite.spec.CommandSpec;
import io.ferrite.spec.KeyFlag;
import io.ferrite.spec.KeySpec;
import java.util.ArrayList;
import java.util.List;

/** A command's description in the forms of COMMAND INFO and COMMAND DOCS. */
final class CommandReplies {

    private final ReplyWriter reply;
    private final CommandTable table;

    CommandReplies(ExecutionUnit unit) {
        this.reply = unit.reply();
        this.table = unit.engine().commands();
    }

    // --- COMMAND INFO ----------------------------------------------------------------------------

    void info(CommandSpec spec) {
        reply.array(10);
        reply.bulk(spec.name());
        reply.integer(spec.arity());
        statuses(flags(spec));
        reply.integer(spec.firstKey());
        reply.integer(spec.lastKey());
        reply.integer(spec.step());
        statuses(categories(spec));
        List<String> tips = spec.docs().tips();
        reply.set(tips.size());
        tips.forEach(reply::bulk);
        reply.set(spec.keySpecs().length);
        for (KeySpec keys : spec.keySpecs()) {
            keySpec(keys);
        }
        List<CommandSpec> subcommands = CommandCommands.running(table, spec.subcommands());
        if (subcommands.isEmpty()) {
            reply.set(0);
        } else {
            reply.array(subcommands.size());
            subcommands.forEach(this::info);
        }
    }

    private static List<String> flags(CommandSpec spec) {
        List<String> flags = new ArrayList<>();
        for (CommandFlag flag : CommandFlag.values()) {
            if (spec.is(flag) && flag.shown() != null && flag != CommandFlag.MODULE) {
                flags.add(flag.shown());
            }
            if (flag == CommandFlag.DENYOOM && spec.is(CommandFlag.MODULE)) {
                flags.add(CommandFlag.MODULE.shown()); // where Redis lists it
            }
        }
        return flags;
    }

    private static List<String> categories(CommandSpec spec) {
        List<String> categories = new ArrayList<>();
        for (AclCategory category : AclCategory.values()) {
            if (spec.in(category)) {
                categories.add("@" + category.label());
            }
        }
        return categories;
    }

    private void statuses(List<String> names) {
        reply.set(names.size());
        names.forEach(reply::status);
    }

    /** A set of {@link KeyFlag}. */
    void keyFlags(int flags) {
        List<String> names = new ArrayList<>();
        for (KeyFlag flag : KeyFlag.values()) {
            if ((flags & flag.bit()) != 0) {
                names.add(flag.shown());
            }
        }
        statuses(names);
    }

    private void keySpec(KeySpec keys) {
        reply.map(keys.notes() == null ? 3 : 4);
        if (keys.notes() != null) {
            reply.bulk("notes");
            reply.bulk(keys.notes());
        }
        reply.bulk("flags");
        keyFlags(keys.flags());
        reply.bulk("begin_search");
        switch (keys.begin()) {
            case INDEX -> {
                step("index", 1);
                pair("index", keys.index());
            }
            case KEYWORD -> {
                step("keyword", 2);
                pair("keyword", keys.keyword());
                pair("startfrom", keys.index());
            }
            case UNKNOWN -> step("unknown", 0);
        }
        reply.bulk("find_keys");
        switch (keys.find()) {
            case RANGE -> {
                step("range", 3);
                pair("lastkey", keys.a());
                pair("keystep", keys.b());
                pair("limit", keys.c());
            }
            case KEYNUM -> {
                step("keynum", 3);
                pair("keynumidx", keys.a());
                pair("firstkey", keys.b());
                pair("keystep", keys.c());
            }
            case UNKNOWN -> step("unknown", 0);
        }
    }

    /** The head of one step of a key specification; its {@code pairs} follow. */
    private void step(String type, int pairs) {
        reply.map(2);
        pair("type", type);
        reply.bulk("spec");
        reply.map(pairs);
    }

    private void pair(String name, String value) {
        reply.bulk(name);
        reply.bulk(value);
    }

    private void pair(String name, long value) {
        reply.bulk(name);
        reply.integer(value);
    }

    // --- COMMAND DOCS ----------------------------------------------------------------------------

    void docs(CommandSpec spec) {
        CommandDocs docs = spec.docs();
        List<CommandSpec> subcommands = CommandCommands.running(table, spec.subcommands());
        long token = reply.deferred();
        int pairs = 2;
        pair("summary", docs.summary());
        pairs += pairIfKnown("since", docs.since().isEmpty() ? null : docs.since());
        pair("group", docs.group());
        pairs += pairIfKnown("module", spec.module());
        pairs += pairIfKnown("complexity", docs.complexity());
        if (!docs.docFlags().isEmpty()) {
            reply.bulk("doc_flags");
            statuses(docs.docFlags());
            pairs++;
        }
        pairs += pairIfKnown("deprecated_since", docs.deprecatedSince());
        pairs += pairIfKnown("replaced_by", docs.replacedBy());
        if (!docs.history().isEmpty()) {
            reply.bulk("history");
            reply.set(docs.history().size());
            for (CommandDocs.Change change : docs.history()) {
                reply.array(2);
                pair(change.since(), change.what());
            }
            pairs++;
        }
        if (!docs.arguments().isEmpty()) {
            reply.bulk("arguments");
            arguments(docs.arguments());
            pairs++;
        }
        if (!subcommands.isEmpty()) {
            reply.bulk("subcommands");
            reply.map(subcommands.size());
            for (CommandSpec sub : subcommands) {
                reply.bulk(sub.name());
                docs(sub);
            }
            pairs++;
        }
        reply.finishMap(token, pairs);
    }

    /** Returns how many pairs were written. */
    private int pairIfKnown(String name, String value) {
        if (value == null) {
            return 0;
        }
        pair(name, value);
        return 1;
    }

    private void arguments(List<ArgumentSpec> arguments) {
        reply.array(arguments.size());
        arguments.forEach(this::argument);
    }

    private void argument(ArgumentSpec argument) {
        long token = reply.deferred();
        int pairs = 2;
        pair("name", argument.name());
        pair("type", argument.type().shown());
        if (!argument.isGroup()) {
            String display = argument.display();
            pair("display_text", display == null ? argument.name() : display);
            pairs++;
        }
        if (argument.keySpec() >= 0) {
            pair("key_spec_index", argument.keySpec());
            pairs++;
        }
        pairs += pairIfKnown("token", argument.token());
        pairs += pairIfKnown("since", argument.since());
        pairs += pairIfKnown("deprecated_since", argument.deprecatedSince());
        List<String> flags = argumentFlags(argument);
        if (!flags.isEmpty()) {
            reply.bulk("flags");
            statuses(flags);
            pairs++;
        }
        if (argument.isGroup()) {
            reply.bulk("arguments");
            arguments(argument.arguments());
            pairs++;
        }
        reply.finishMap(token, pairs);
    }

    private static List<String> argumentFlags(ArgumentSpec argument) {
        List<String> flags = new ArrayList<>();
        if (argument.isOptional()) {
            flags.add("optional");
        }
        if (argument.isMultiple()) {
            flags.add("multiple");
        }
        if (argument.repeatsToken()) {
            flags.add("multiple_token");
        }
        return flags;
    }
}

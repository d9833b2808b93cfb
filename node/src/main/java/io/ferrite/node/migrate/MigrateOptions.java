package io.ferrite.node.migrate;

import io.ferrite.engine.ByteKey;
import io.ferrite.engine.CommandError;
import io.ferrite.engine.ExecutionUnit;
import io.ferrite.engine.Numbers;
import io.ferrite.memory.Slice;
import java.util.ArrayList;
import java.util.List;

/**
 * What MIGRATE asks for.
 *
 * @param user the name to authenticate with; null for the password alone
 * @param password null to send none
 * @param timeoutMs the longest silence of the other server
 */
record MigrateOptions(
        String host,
        String port,
        long database,
        long timeoutMs,
        boolean copy,
        boolean replace,
        byte[] user,
        byte[] password,
        List<ByteKey> keys) {

    private static final long DEFAULT_TIMEOUT_MS = 1000;
    private static final int FIRST_OPTION = 6;

    /** MIGRATE host port key|"" db ms [COPY] [REPLACE] [AUTH p | AUTH2 u p] [KEYS key ...]. */
    static MigrateOptions parse(ExecutionUnit unit) {
        boolean copy = false;
        boolean replace = false;
        byte[] user = null;
        byte[] password = null;
        int first = 3;
        int end = 4;
        for (int i = FIRST_OPTION; i < unit.argc(); i++) {
            int left = unit.argc() - 1 - i;
            Slice word = unit.arg(i);
            if (word.isWord("COPY")) {
                copy = true;
            } else if (word.isWord("REPLACE")) {
                replace = true;
            } else if (word.isWord("AUTH") && left >= 1) {
                password = unit.arg(++i).toBytes();
            } else if (word.isWord("AUTH2") && left >= 2) {
                user = unit.arg(++i).toBytes();
                password = unit.arg(++i).toBytes();
            } else if (word.isWord("KEYS")) {
                if (unit.request().length(3) != 0) {
                    throw CommandError.of(
                            "ERR When using MIGRATE KEYS option, the key argument must be set to"
                                    + " the empty string");
                }
                first = i + 1;
                end = unit.argc();
                break;
            } else {
                throw CommandError.SYNTAX;
            }
        }
        long timeout = Numbers.integer(unit.arg(5));
        long database = Numbers.integer(unit.arg(4));
        List<ByteKey> keys = new ArrayList<>(end - first);
        unit.requireNames(first);
        for (int i = first; i < end; i++) {
            keys.add(ByteKey.of(unit.arg(i)));
        }
        return new MigrateOptions(
                unit.arg(1).toString(),
                unit.arg(2).toString(),
                database,
                timeout <= 0 ? DEFAULT_TIMEOUT_MS : timeout,
                copy,
                replace,
                user,
                password,
                keys);
    }
}

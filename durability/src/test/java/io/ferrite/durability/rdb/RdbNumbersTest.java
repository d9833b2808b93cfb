package io.ferrite.durability.rdb;

import static org.assertj.core.api.Assertions.assertThat;

import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

/** The numbers in files never change: this list may only grow. */
final class RdbNumbersTest {

    @Test
    void typesAndOpcodes_areWhatTheyAlwaysWere() throws IllegalAccessException {
        Map<Integer, String> numbers = new TreeMap<>();
        for (Field field : RdbType.class.getDeclaredFields()) {
            String name = field.getName();
            if (Modifier.isStatic(field.getModifiers())
                    && !name.equals("LAST")
                    && !name.startsWith("VALKEY_") // numbers of another server's files
                    && !name.equals("WRITTEN")
                    && !name.equals("NEWEST_READ")) {
                numbers.put(field.getInt(null), name);
            }
        }
        assertThat(numbers.toString())
                .isEqualTo(
                        "{0=STRING, 1=LIST, 2=SET, 3=ZSET, 4=HASH, 5=ZSET_2, 6=MODULE_PRE_GA,"
                            + " 7=MODULE_2, 9=HASH_ZIPMAP, 10=LIST_ZIPLIST, 11=SET_INTSET,"
                            + " 12=ZSET_ZIPLIST, 13=HASH_ZIPLIST, 14=LIST_QUICKLIST,"
                            + " 15=STREAM_LISTPACKS, 16=HASH_LISTPACK, 17=ZSET_LISTPACK,"
                            + " 18=LIST_QUICKLIST_2, 19=STREAM_LISTPACKS_2, 20=SET_LISTPACK,"
                            + " 21=STREAM_LISTPACKS_3, 22=HASH_METADATA_PRE_GA,"
                            + " 23=HASH_LISTPACK_EX_PRE_GA, 24=HASH_METADATA, 25=HASH_LISTPACK_EX,"
                            + " 243=OPCODE_SLOT_IMPORT, 244=OPCODE_SLOT_INFO, 245=OPCODE_FUNCTION2,"
                            + " 246=OPCODE_FUNCTION_PRE_GA, 247=OPCODE_MODULE_AUX, 248=OPCODE_IDLE,"
                            + " 249=OPCODE_FREQ, 250=OPCODE_AUX, 251=OPCODE_RESIZEDB,"
                            + " 252=OPCODE_EXPIRETIME_MS, 253=OPCODE_EXPIRETIME,"
                            + " 254=OPCODE_SELECTDB, 255=OPCODE_EOF}");
    }
}

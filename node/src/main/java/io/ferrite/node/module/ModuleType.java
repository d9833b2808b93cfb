package io.ferrite.node.module;

import io.ferrite.durability.rdb.ModuleForms;
import io.ferrite.durability.rdb.ModuleParts;
import io.ferrite.memory.Slab;
import io.ferrite.module.Parts;
import io.ferrite.module.ValueForm;
import io.ferrite.module.ValueType;
import io.ferrite.store.value.ModuleValue;
import java.io.IOException;
import java.io.UncheckedIOException;

/** A type that a module has registered, and how its values are written and read. */
final class ModuleType implements ValueType, ModuleForms.Form {

    private final String name;
    private final long number;
    private final ValueForm form;

    ModuleType(String name, long number, ValueForm form) {
        this.name = name;
        this.number = number;
        this.form = form;
    }

    @Override
    public String name() {
        return name;
    }

    /** Name and version, as values carry them. */
    long number() {
        return number;
    }

    @Override
    public void save(ModuleParts out, long root) throws IOException {
        StoredValue value = new StoredValue(root, null, 0);
        check(LoadedModule.guard(() -> form.save(value, new Writer(out))), out);
    }

    @Override
    public void load(ModuleParts in, int version, Slab slab, long root) throws IOException {
        if (version > ModuleValue.version(number)) {
            throw in.refuse("The value of a module's type is of a newer version: " + version);
        }
        StoredValue value = new StoredValue(root, slab, Integer.MAX_VALUE);
        check(LoadedModule.guard(() -> form.load(new Reader(in), version, value)), in);
    }

    private void check(Throwable thrown, ModuleParts parts) throws IOException {
        if (thrown instanceof UncheckedIOException io) {
            throw io.getCause();
        } else if (thrown != null) {
            throw parts.refuse(
                    "The module of type " + name + " says: " + LoadedModule.describe(thrown));
        }
    }

    private record Writer(ModuleParts out) implements Parts.Writer {

        @Override
        public void number(long value) {
            unchecked(() -> out.putNumber(value));
        }

        @Override
        public void real(double value) {
            unchecked(() -> out.putReal(value));
        }

        @Override
        public void bytes(byte[] value) {
            unchecked(() -> out.putBytes(value));
        }

        private interface Write {
            void run() throws IOException;
        }

        private static void unchecked(Write write) {
            try {
                write.run();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    private record Reader(ModuleParts in) implements Parts.Reader {

        @Override
        public long number() {
            try {
                return in.number();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public double real() {
            try {
                return in.real();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }

        @Override
        public byte[] bytes() {
            try {
                return in.bytes();
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }
}

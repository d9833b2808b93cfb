package io.ferrite.durability.rdb;

import io.ferrite.memory.Slab;
import io.ferrite.store.value.ModuleValue;
import java.io.IOException;

/** Values of modules, in the form of Redis' second version of them. */
final class ModuleCodec {

    private ModuleCodec() {}

    static void write(RdbOutput out, long root) throws IOException {
        long type = ModuleValue.type(root);
        ModuleForms.Form form = ModuleForms.of(type);
        if (form == null) {
            throw new IllegalStateException("a value of " + ModuleValue.name(type) + ", no module");
        }
        out.putLength(type);
        form.save(new ModuleParts(out), root);
        out.putLength(ModuleData.END);
    }

    static void read(RdbInput in, Slab slab, RdbValue value) throws IOException {
        long type = in.readLength();
        ModuleForms.Form form = ModuleForms.of(type);
        if (form == null) {
            throw in.refuse(
                    "The RDB file contains module data I can't load: no matching module type '"
                            + ModuleValue.name(type)
                            + "'");
        }
        value.set(RdbValue.Kind.MODULE, slab, ModuleValue.create(slab, type));
        form.load(new ModuleParts(in), ModuleValue.version(type), slab, value.root());
        if (in.readLength() != ModuleData.END) {
            throw in.refuse("More parts of a module's value than its module has read");
        }
    }
}

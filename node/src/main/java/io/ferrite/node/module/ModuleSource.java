package io.ferrite.node.module;

import io.ferrite.module.Module;

/** Opens jars. */
public interface ModuleSource {

    /** None can be opened. */
    ModuleSource NONE =
            path -> {
                throw new Unusable("this server opens no files");
            };

    /** A jar whose classes are loaded apart from all others. */
    interface Opened {

        Module module();

        /** Lets go of the file. Classes that are not loaded yet cannot be from now on. */
        void close();
    }

    /** Why a jar holds no module that can be used. */
    final class Unusable extends Exception {

        private static final long serialVersionUID = 1L;

        public Unusable(String why) {
            super(why);
        }
    }

    /** Opens the jar at a path and makes its module. */
    Opened open(String path) throws Unusable;
}

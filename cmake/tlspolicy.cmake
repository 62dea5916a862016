# How modules, programs and tests of this project are built: warnings, sanitizers, one function each.
set(CMAKE_CXX_STANDARD 20)
set(CMAKE_CXX_STANDARD_REQUIRED ON)
set(CMAKE_CXX_EXTENSIONS OFF)
set(CMAKE_EXPORT_COMPILE_COMMANDS ON)

option(TLSPOLICY_TESTS "build the tests" ON)
option(TLSPOLICY_SANITIZE "AddressSanitizer and UndefinedBehaviorSanitizer" OFF)
option(TLSPOLICY_COVERAGE "count what the tests reach" OFF)
option(TLSPOLICY_FUZZ "build the libFuzzer targets (clang only)" OFF)
set(TLSPOLICY_FUZZ_SECONDS 600 CACHE STRING "how long each fuzzer runs as a test")
set(CMAKE_VERIFY_INTERFACE_HEADER_SETS ON)

find_program(CCACHE ccache)
if(CCACHE)
  set(CMAKE_CXX_COMPILER_LAUNCHER ${CCACHE})
endif()

# clang-tidy's rules are an input of every object, so that a changed rule checks every file again.
if(CMAKE_CXX_CLANG_TIDY)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/.clang-tidy)
  file(SHA256 ${PROJECT_SOURCE_DIR}/.clang-tidy rules)
  add_compile_definitions(TLSPOLICY_TIDY_RULES="${rules}")
endif()

add_library(tlspolicy_options INTERFACE)
target_include_directories(tlspolicy_options INTERFACE ${PROJECT_SOURCE_DIR}/src)
target_compile_options(tlspolicy_options INTERFACE
  -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wnon-virtual-dtor -Wold-style-cast -Werror)
# fmt and the sanitizers are linked statically: a binary built here also runs in a lab host of another
# release.
add_library(tlspolicy_fmt STATIC ${PROJECT_SOURCE_DIR}/cmake/fmt.cpp)
target_link_libraries(tlspolicy_options INTERFACE tlspolicy_fmt)
if(TLSPOLICY_SANITIZE)
  target_compile_options(tlspolicy_options INTERFACE
    -fsanitize=address,undefined -fno-sanitize-recover=all -fno-omit-frame-pointer)
  target_link_options(tlspolicy_options INTERFACE -fsanitize=address,undefined)
  if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
    # libubsan comes behind libstdc++ on the linker's line, and takes these two out of it.
    target_link_options(tlspolicy_options INTERFACE -static-libasan -static-libubsan
      LINKER:-u,__dynamic_cast,-u,_ZTIN10__cxxabiv121__vmi_class_type_infoE)
    # With sanitizers g++ 14 takes the insides of std::regex for uninitialized (gcc.gnu.org/PR105562);
    # the release build keeps the warning.
    if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
      target_compile_options(tlspolicy_options INTERFACE -Wno-maybe-uninitialized)
    endif()
  endif()
endif()
if(TLSPOLICY_FUZZ AND NOT CMAKE_CXX_CLANG_TIDY)
  target_compile_options(tlspolicy_options INTERFACE -fsanitize=fuzzer-no-link)
endif()
if(TLSPOLICY_COVERAGE)
  target_compile_options(tlspolicy_options INTERFACE --coverage -O0)
  target_link_options(tlspolicy_options INTERFACE --coverage)
endif()
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU")
  # With optimisation g++ 12 warns of std::string's own operator+ (GCC bug 105651).
  target_compile_options(tlspolicy_options INTERFACE -Wno-restrict)
  if(CMAKE_CXX_COMPILER_VERSION VERSION_GREATER_EQUAL 13)
    # It takes every reference out of a call with a temporary argument for dangling (GCC bug 107532).
    target_compile_options(tlspolicy_options INTERFACE -Wno-dangling-reference)
  endif()
  target_link_options(tlspolicy_options INTERFACE -static-libstdc++ -static-libgcc)
endif()

# For clang-tidy the sources become one file that includes them, because a small file costs what the
# standard headers cost. Its analyzer looks into included files only behind a main file of this name
# (clang's AnalysisManager::isInCodeFile), which CMAKE_UNITY_BUILD cannot give.
function(tlspolicy_unify name variable)
  if(CMAKE_CXX_CLANG_TIDY AND ${variable})
    list(TRANSFORM ${variable} REPLACE "(.+)" "#include \"\\1\"" OUTPUT_VARIABLE lines)
    list(JOIN lines "\n" text)
    file(CONFIGURE OUTPUT ${PROJECT_BINARY_DIR}/UnifiedSource_${name}.cpp CONTENT "${text}\n" @ONLY)
    set(${variable} ${PROJECT_BINARY_DIR}/UnifiedSource_${name}.cpp PARENT_SCOPE)
  endif()
endfunction()

# One folder of src/ is one library; what stands behind its name is all that it may include.
function(tlspolicy_module name)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.cpp)
  list(FILTER sources EXCLUDE REGEX "/main\\.cpp$")  # a program's own, see tlspolicy_programs
  tlspolicy_unify(${name} sources)
  list(TRANSFORM ARGN PREPEND tlspolicy_ OUTPUT_VARIABLE links)
  add_library(tlspolicy_${name} STATIC ${sources} ${PROJECT_SOURCE_DIR}/cmake/empty.cpp)
  # As a file set, so that the target all_verify_interface_header_sets compiles each one alone.
  file(GLOB headers CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/${name}/*.hpp)
  target_sources(tlspolicy_${name} PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR}/src
    FILES ${headers})
  target_link_libraries(tlspolicy_${name} PUBLIC tlspolicy_options ${links})
  set_property(GLOBAL APPEND PROPERTY tlspolicy_modules ${name})
  string(REPLACE ";" " " spaced "${ARGN}")
  set_property(GLOBAL APPEND PROPERTY tlspolicy_links "${name}: ${spaced}")
endfunction()

# The programs: tlspolicy itself, and the pre-flight child that loads a service's own libssl.
function(tlspolicy_programs)
  add_executable(tlspolicy ${PROJECT_SOURCE_DIR}/src/cli/main.cpp)
  target_link_libraries(tlspolicy PRIVATE tlspolicy_cli)
  target_compile_definitions(tlspolicy PRIVATE TLSPOLICY_VERSION="${PROJECT_VERSION}")
  install(TARGETS tlspolicy RUNTIME DESTINATION ${CMAKE_INSTALL_SBINDIR})
  install(DIRECTORY data/ DESTINATION ${CMAKE_INSTALL_DATADIR}/tlspolicy)
  file(GLOB preflight CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/src/preflight/*.cpp)
  tlspolicy_unify(preflight preflight)
  if(preflight)
    add_executable(tlspolicy-preflight ${preflight})
    target_link_libraries(tlspolicy-preflight PRIVATE tlspolicy_options ${CMAKE_DL_LIBS})
    install(TARGETS tlspolicy-preflight RUNTIME DESTINATION ${CMAKE_INSTALL_LIBEXECDIR}/tlspolicy)
  endif()
  tlspolicy_boot_unit(tlspolicy-recover sysinit.target)
  tlspolicy_boot_unit(tlspolicy-prove multi-user.target)
endfunction()

# A unit of packaging/systemd that each boot starts with the target; its program is where the install
# puts it.
function(tlspolicy_boot_unit name target)
  set(units lib/systemd/system)
  install(CODE "
    set(TLSPOLICY \"\${CMAKE_INSTALL_PREFIX}/${CMAKE_INSTALL_SBINDIR}/tlspolicy\")
    configure_file(\"${PROJECT_SOURCE_DIR}/packaging/systemd/${name}.service\"
      \"${PROJECT_BINARY_DIR}/systemd/${name}.service\" @ONLY)")
  install(FILES ${PROJECT_BINARY_DIR}/systemd/${name}.service DESTINATION ${units})
  install(CODE "
    set(wants \"\$ENV{DESTDIR}\${CMAKE_INSTALL_PREFIX}/${units}/${target}.wants\")
    file(MAKE_DIRECTORY \"\${wants}\")
    file(CREATE_LINK ../${name}.service \"\${wants}/${name}.service\" SYMBOLIC)")
endfunction()

# For the test of the includes: one line "module: what it may use" for each module.
function(tlspolicy_write_links file)
  get_property(links GLOBAL PROPERTY tlspolicy_links)
  list(JOIN links "\n" text)
  file(WRITE ${file} "${text}\n")
endfunction()

# fuzz/MODULE_NAME.cpp becomes the program fuzz_MODULE_NAME; the inputs that it starts from are in
# fuzz/corpus/MODULE_NAME. As a test it runs as long as TLSPOLICY_FUZZ_SECONDS says.
function(tlspolicy_fuzzers)
  file(GLOB sources CONFIGURE_DEPENDS ${PROJECT_SOURCE_DIR}/fuzz/*.cpp)
  foreach(source ${sources})
    cmake_path(GET source STEM name)
    string(REGEX MATCH "^[a-z]+" module ${name})
    add_executable(fuzz_${name} ${source})
    target_link_libraries(fuzz_${name} PRIVATE tlspolicy_${module})
    target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
    target_compile_definitions(fuzz_${name} PRIVATE TLSPOLICY_SOURCE="${PROJECT_SOURCE_DIR}")
    set(found ${PROJECT_BINARY_DIR}/found/${name})
    set(seeds ${PROJECT_SOURCE_DIR}/fuzz/corpus/${name})
    file(MAKE_DIRECTORY ${found})
    if(NOT IS_DIRECTORY ${seeds})
      set(seeds "")
    endif()
    add_test(NAME fuzz:${name} WORKING_DIRECTORY ${found}
      COMMAND fuzz_${name} -max_total_time=${TLSPOLICY_FUZZ_SECONDS} -timeout=10 -rss_limit_mb=2048
        -print_final_stats=1 ${found} ${seeds})
    set_tests_properties(fuzz:${name} PROPERTIES LABELS fuzz TIMEOUT 3600)
  endforeach()
endfunction()

@echo off
rem The bulla command on Windows: on the Java of JAVA_HOME, else on the first on the PATH; release 21 or newer.
setlocal
set "bulla_java=java"
if defined JAVA_HOME set "bulla_java=%JAVA_HOME%\bin\java.exe"
"%bulla_java%" -XX:TieredStopAtLevel=1 -XX:+UseSerialGC -XX:-UsePerfData -Xlog:disable -cp "%~dp0lib\bulla.jar" dev.bulla.cli.Main %*
exit /b %ERRORLEVEL%

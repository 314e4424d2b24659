@echo off
rem Installs LifeCircle from the folder "wheels" beside this file. Needs Python 3.11 (64-bit), no network.
rem ASCII only, so that every code page reads it alike.
setlocal
pushd "%~dp0"
set PYTHONUTF8=1

rem The py launcher, or else the python of the PATH. The wheels are for win-amd64 alone.
set PY=py -3.11
%PY% -c "import sys" >nul 2>nul
if errorlevel 1 set PY=python
%PY% -c "import sys, sysconfig as s; sys.exit(sys.version_info[:2] != (3, 11) or s.get_platform() != 'win-amd64')" >nul 2>nul
if errorlevel 1 (
    echo Python 3.11 [64-bit, Intel or AMD] was not found. Install it with the "py launcher", then run this file again.
    goto failed
)
if not exist wheels\*.whl (
    echo The folder "wheels" is not beside install.bat. Unpack the whole zip first.
    goto failed
)
%PY% -m venv .venv
if errorlevel 1 goto failed
.venv\Scripts\python.exe -m pip install --no-index --find-links wheels --disable-pip-version-check lifecircle
if errorlevel 1 goto failed
.venv\Scripts\lifecircle.exe --help >nul
if errorlevel 1 goto failed
echo.
echo Done. Try it:  .venv\Scripts\lifecircle.exe demo
popd
pause
exit /b 0

:failed
echo.
echo LifeCircle was NOT installed. What went wrong stands above.
popd
pause
exit /b 1
